"""The mailbox in memory: the same promises, for as long as the process lives."""

import asyncio
import itertools
import time
from bisect import insort
from collections import deque
from collections.abc import Sequence

from attrs import Factory, define, evolve, field

from adapters.memory.conversation_queue import ConversationQueue, Mail
from adapters.memory.leases import Leases
from application.ports.dead_letters import DeadLetter
from application.ports.inbox import Acceptance, DeliveryConfirmation, EnqueuedMessage
from application.ports.leases import Claim, LeaseLostError
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn, UnconfirmedSend


@define
class MemoryMailbox:
    """Its dead letters are read through `MemoryDeadLetters`."""

    lease_seconds: float = 15.0
    turn_messages: int = 50
    max_waiting: int = 1000
    max_dead_letters: int = 10_000
    partitions: int = 1
    _boxes: dict[str, ConversationQueue] = field(factory=dict)
    _ready: deque[tuple[str, str]] = field(factory=deque)
    _leases: Leases = field(default=Factory(lambda self: Leases(self.lease_seconds), takes_self=True), init=False)
    _seen: set[tuple[str, str]] = field(factory=set)
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1))
    _woken: asyncio.Event = field(factory=asyncio.Event)
    dead: dict[str, DeadLetter] = field(factory=dict)

    async def prepare(self) -> None: ...

    async def accept(self, *, posts: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        return tuple(self._accept(post) for post in posts)

    def _accept(self, post: EnqueuedMessage) -> Acceptance:
        message = post.message
        identity = (message.conversation.channel, message.id)
        if identity in self._seen:
            return Acceptance.KNOWN
        conversation = str(message.conversation)
        if conversation in self._boxes and len(self._boxes[conversation].mail) >= self.max_waiting:
            return Acceptance.LEFT_OUT
        self._seen.add(identity)
        mail = Mail(message.sent_at, next(self._numbers), time.monotonic(), post.debounce, message)
        box = self._boxes.setdefault(conversation, ConversationQueue())
        insort(box.mail, mail)
        if box.may_wake:
            self._wait_for_more(conversation, box, first=mail, newest=mail)
        return Acceptance.NEW

    def _wait_for_more(self, conversation: str, box: ConversationQueue, *, first: Mail, newest: Mail) -> None:
        if box.latest is None:
            box.latest = first.arrived + newest.wait.cap_seconds
        box.due = min(newest.arrived + newest.wait.quiet_seconds, box.latest)
        if box.due <= time.monotonic():
            self._make_ready(conversation, box)

    def _make_ready(self, conversation: str, box: ConversationQueue) -> None:
        box.token, box.due, box.latest = str(next(self._numbers)), None, None
        self._ready.append((conversation, box.token))
        self._woken.set()

    async def initiate(self, *, turn: Turn) -> Acceptance:
        identity, conversation = (turn.conversation.channel, turn.id), str(turn.conversation)
        if identity in self._seen:
            return Acceptance.KNOWN
        if conversation in self._boxes and len(self._boxes[conversation].again) >= self.max_waiting:
            return Acceptance.LEFT_OUT
        self._seen.add(identity)
        self.queue_first(turn)
        return Acceptance.NEW

    def queue_first(self, turn: Turn) -> None:
        """In front of what waits."""
        conversation = str(turn.conversation)
        box = self._boxes.setdefault(conversation, ConversationQueue())
        box.again.append(turn)
        if box.may_wake:
            self._make_ready(conversation, box)

    async def claim(self, *, partition: int, worker: str, limit: int, wait_seconds: float) -> tuple[Claim, ...]:
        if not self._ready:
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), wait_seconds)
            except TimeoutError:
                return ()
        taken = [self._ready.popleft() for _ in range(min(limit, len(self._ready)))]
        return tuple(
            self._leases.grant(
                Claim(conversation=conversation, partition=partition, token=token, worker=worker, delivery=1)
            )
            for conversation, token in taken
        )

    def _held(self, claim: Claim) -> ConversationQueue:
        self._leases.require(claim)
        return self._boxes[claim.conversation]

    def _held_turn(self, claim: Claim) -> tuple[ConversationQueue, Turn]:
        box = self._held(claim)
        if box.turn is None:
            raise LeaseLostError
        return box, box.turn

    async def begin(self, *, claim: Claim) -> Turn | None:
        box = self._held(claim)
        if box.turn is None:
            box.turn = box.again.popleft() if box.again else box.assemble(claim.token, at_most=self.turn_messages)
        if box.turn is None:
            self._settle(claim, box)
            return None
        return evolve(box.turn, deliveries=claim.delivery)

    async def save_reply(self, *, claim: Claim, reply: Reply) -> None:
        box, turn = self._held_turn(claim)
        box.turn = evolve(turn, reply=reply, attempts=0, error="")

    async def record_sent(self, *, claim: Claim, part: int, message_id: str) -> None:
        box, turn = self._held_turn(claim)
        sent = (*turn.sent[:part], message_id, *turn.sent[part + 1 :])
        box.turn = evolve(turn, sent=sent, attempts=0, confirmation_waits=0, unconfirmed_attempts=0, error="")

    async def complete(self, *, claim: Claim) -> None:
        box = self._held(claim)
        box.turn = None
        self._settle(claim, box)

    def _settle(self, claim: Claim, box: ConversationQueue) -> None:
        self._leases.end(claim)
        box.token = None
        if box.again:
            self._make_ready(claim.conversation, box)
        elif box.mail:
            self._wait_for_more(claim.conversation, box, first=box.mail[0], newest=box.mail[-1])
        else:
            del self._boxes[claim.conversation]

    async def retry_later(
        self, *, claim: Claim, after_seconds: float, error: str, unconfirmed: UnconfirmedSend | None = None
    ) -> None:
        box, turn = self._held_turn(claim)
        self._leases.end(claim)
        if unconfirmed is not None:
            if unconfirmed.part < len(turn.sent):  # proved since the worker read the turn
                self._make_ready(claim.conversation, box)
                return
            turn = evolve(
                turn,
                confirmation_waits=turn.confirmation_waits + 1,
                unconfirmed_attempts=unconfirmed.unconfirmed_attempts,
            )
        box.turn = evolve(turn, attempts=turn.attempts + 1, retries=turn.retries + 1, error=error)
        box.token, box.due = None, time.monotonic() + after_seconds

    async def defer(self, *, claim: Claim, after_seconds: float) -> None:
        box = self._held(claim)
        self._leases.end(claim)
        box.token, box.due = None, time.monotonic() + after_seconds

    async def dead_letter(self, *, claim: Claim, reason: str) -> int:
        box = self._held(claim)
        if box.turn is not None:
            letter = DeadLetter(id=str(next(self._numbers)), turn=box.turn, reason=reason, at=time.time())
            self.dead[letter.id] = letter
        dropped = list(self.dead)[: -self.max_dead_letters]
        for oldest in dropped:
            del self.dead[oldest]
        box.turn = None
        self._settle(claim, box)
        return len(dropped)

    async def release(self, *, claim: Claim) -> None:
        box = self._held(claim)
        self._leases.end(claim)
        self._make_ready(claim.conversation, box)

    async def renew(self, *, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        return tuple(claim for claim in claims if not self._leases.renew(claim))

    async def reap(self, *, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        return tuple(
            self._leases.grant(evolve(claim, partition=partition, worker=worker, delivery=claim.delivery + 1))
            for claim in self._leases.expired()[:limit]
        )

    async def promote(self, *, partition: int) -> float | None:
        now = time.monotonic()
        for conversation, box in self._boxes.items():
            if box.due is not None and box.due <= now:
                self._make_ready(conversation, box)
        waits = [box.due - now for box in self._boxes.values() if box.due is not None]
        return min(waits, default=None)

    async def confirm(self, *, confirmations: Sequence[DeliveryConfirmation]) -> None:
        for proof in confirmations:
            conversation = str(proof.reference.conversation)
            box = self._boxes.get(conversation)
            if box and box.proves(proof) and box.token is None and box.due is not None:
                self._make_ready(conversation, box)
