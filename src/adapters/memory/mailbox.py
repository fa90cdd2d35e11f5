"""The mailbox in memory. It keeps its promises for as long as the process lives."""

import asyncio
import datetime as dt
import itertools
import time
from bisect import insort
from collections import deque
from collections.abc import Mapping, Sequence

from attrs import define, evolve, field

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.memory.conversation_queue import ConversationQueue, WaitingMessage
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.forgetting import MemoryForgetting
from adapters.memory.lease_table import LeaseTable
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.proposals import MemoryProposals
from adapters.memory.rate_logs import MemoryRateLogs
from adapters.memory.transcripts import MemoryTranscripts
from adapters.memory.usage import MemoryUsage
from application.ports.dead_letters import DeadLetter
from application.ports.inbox import Acceptance, DeliveryConfirmation, EnqueuedMessage
from application.ports.leases import Claim, LeaseLostError
from application.ports.personal_data import Fence
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn, SavedReply
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.transcript import SentPart
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.people.person import Conversation


@define
class MemoryMailbox:
    """`MemoryDeadLetters` gives access to its dead letters.

    A turn changes `states`, `log` and `proposals`, and knows `breakers`.
    """

    lease_seconds: float = 15.0
    turn_messages: int = 50
    max_waiting: int = 1000
    max_dead_letters: int = 10_000
    partitions: int = 1
    states: MemoryConversationStates = field(factory=MemoryConversationStates)
    breakers: MemoryBreakerStore = field(factory=MemoryBreakerStore)
    log: MemoryMessageLog = field(factory=MemoryMessageLog)
    proposals: MemoryProposals = field(factory=MemoryProposals)
    rates: MemoryRateLogs = field(factory=MemoryRateLogs)
    usage: MemoryUsage = field(factory=MemoryUsage)
    forgetting: MemoryForgetting = field(factory=MemoryForgetting)
    feed: MemoryActivityFeed = field(factory=MemoryActivityFeed)
    transcripts: MemoryTranscripts = field(init=False)
    _queues: dict[str, ConversationQueue] = field(factory=dict)
    _ready: deque[tuple[str, str]] = field(factory=deque)
    _leases: LeaseTable = field(init=False)
    _seen: set[tuple[str, str]] = field(factory=set)
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1))
    _woken: asyncio.Event = field(factory=asyncio.Event)
    dead: dict[str, DeadLetter] = field(factory=dict)

    @property
    def queues(self) -> Mapping[str, ConversationQueue]:
        """What is kept of each conversation that has something to do."""
        return self._queues

    def __attrs_post_init__(self) -> None:
        self.transcripts = MemoryTranscripts(
            log=self.log, state_of=self.states.present, waits_since=self._waits_since, dead=self._with_dead_letters
        )
        self._leases = LeaseTable(self.lease_seconds)

    async def prepare(self) -> None: ...

    def _waits_since(self, conversation: Conversation) -> float | None:
        queue = self._queues.get(str(conversation))
        if queue is None:
            return None
        waiting = queue.waiting[0].arrived_at if queue.waiting else time.monotonic()
        return waiting if queue.turn_received_at is None else queue.turn_received_at

    def _with_dead_letters(self) -> frozenset[Conversation]:
        return frozenset(letter.turn.conversation for letter in self.dead.values())

    async def accept(self, *, messages: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        return tuple(self._accept(message) for message in messages)

    def _accept(self, enqueued: EnqueuedMessage) -> Acceptance:
        message = enqueued.message
        identity = (message.conversation.channel, message.id)
        if identity in self._seen:
            return Acceptance.KNOWN
        conversation = str(message.conversation)
        if conversation in self._queues and len(self._queues[conversation].waiting) >= self.max_waiting:
            return Acceptance.LEFT_OUT
        self._seen.add(identity)
        waiting = WaitingMessage(
            sent_at=message.sent_at,
            sequence=message.sequence,
            arrival=next(self._numbers),
            arrived_at=time.monotonic(),
            debounce=enqueued.debounce,
            message=message,
        )
        queue = self._queues.setdefault(conversation, ConversationQueue())
        insort(queue.waiting, waiting)
        if queue.may_wake:
            self._wait_for_more(conversation, queue, first=waiting, newest=waiting)
        return Acceptance.NEW

    def _wait_for_more(
        self, conversation: str, queue: ConversationQueue, *, first: WaitingMessage, newest: WaitingMessage
    ) -> None:
        if queue.latest is None:
            queue.latest = first.arrived_at + newest.debounce.cap_seconds
        queue.due = min(newest.arrived_at + newest.debounce.quiet_seconds, queue.latest)
        if queue.due <= time.monotonic():
            self._make_ready(conversation, queue)

    def _make_ready(self, conversation: str, queue: ConversationQueue) -> None:
        queue.token, queue.due, queue.latest = str(next(self._numbers)), None, None
        self._ready.append((conversation, queue.token))
        self._woken.set()

    async def initiate(self, *, turn: Turn) -> Acceptance:
        identity, conversation = (turn.conversation.channel, turn.id), str(turn.conversation)
        if identity in self._seen:
            return Acceptance.KNOWN
        if conversation in self._queues and len(self._queues[conversation].priority) >= self.max_waiting:
            return Acceptance.LEFT_OUT
        self._seen.add(identity)
        self.put_first(turn)
        return Acceptance.NEW

    async def awaits_reply(self, *, conversation: Conversation, turn_id: str) -> bool:
        queue = self._queues.get(str(conversation))
        return bool(queue and queue.turn and queue.turn.id == turn_id and queue.turn.reply is None)

    def put_first(self, turn: Turn) -> None:
        """Queue a turn in front of the waiting messages."""
        conversation = str(turn.conversation)
        queue = self._queues.setdefault(conversation, ConversationQueue())
        queue.priority.append(turn)
        if queue.may_wake:
            self._make_ready(conversation, queue)

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
        return self._queues[claim.conversation]

    def _held_turn(self, claim: Claim) -> tuple[ConversationQueue, Turn]:
        queue = self._held(claim)
        if queue.turn is None:
            raise LeaseLostError
        return queue, queue.turn

    async def begin(self, *, claim: Claim, spent_on: dt.date | None = None) -> BegunTurn | None:
        queue = self._held(claim)
        if queue.turn is None:
            state = await self.states.of(conversation=Conversation.parse(claim.conversation))
            queue.turn = queue.next_turn(
                claim.token, max_messages=self.turn_messages, asks_confirmation=state.asks_confirmation
            )
        if queue.turn is None:
            self._settle(claim, queue)
            return None
        conversation = queue.turn.conversation
        return BegunTurn(
            turn=evolve(queue.turn, deliveries=claim.delivery),
            state=await self.states.of(conversation=conversation),
            rate_log=self.rates.of(conversation),
            breaker=await self.breakers.status(channel=conversation.channel),
            spent=self.usage.spent(conversation, spent_on),
        )

    async def save_reply(self, *, claim: Claim, reply: Reply, changes: TurnChanges | None = None) -> SavedReply:
        queue, turn = self._held_turn(claim)
        queue.turn = evolve(turn, reply=reply, attempts=0, error="")
        self.proposals.add(changes.proposals if changes else ())
        state = await self._change(queue, claim, changes)
        if turn.reply is None:
            await self._publish(changes)
        counted = changes.usage if changes else None
        warnings = self.usage.count(turn.conversation, turn.id, counted) if counted else ()
        if changes:
            told = [changes.warnings[scope] for scope in warnings if scope in changes.warnings]
            await self.feed.publish(activities=told)
        return SavedReply(state=state, warnings=warnings)

    async def record_sent(self, *, claim: Claim, changes: TurnChanges) -> ConversationState:
        queue, _ = self._held_turn(claim)
        return await self._change(queue, claim, changes)

    async def _change(self, queue: ConversationQueue, claim: Claim, changes: TurnChanges | None) -> ConversationState:
        """Store what a step has changed. Returns the state of the conversation after that."""
        conversation = Conversation.parse(claim.conversation)
        if changes is not None:
            known = len(queue.turn.sent) if queue.turn else 0
            if changes.sent and queue.turn is not None:
                queue.turn = _with_sent(queue.turn, changes.sent)
            if changes.agent and queue.turn is not None:
                queue.turn = evolve(queue.turn, agent=changes.agent)
            if changes.trace and queue.turn is not None:
                queue.turn = evolve(queue.turn, trace=changes.trace)
            new_parts = [part for number, part in changes.parts.items() if number >= known]
            await self.change(conversation, changes, new_parts)
        return await self.states.of(conversation=conversation)

    async def change(
        self, conversation: Conversation, changes: TurnChanges, new_parts: Sequence[SentPart] = ()
    ) -> None:
        """Store what is beside the turn."""
        await self.states.change(conversation=conversation, heard=changes.heard, **changes.state)
        await self.states.note(conversation=conversation, agent_notes=changes.agent_notes)
        self.rates.record(conversation, changes.rate_log, keep_seconds=changes.keep_seconds)
        await self.log.remember(messages=changes.words)
        await self.forgetting.add(sessions=changes.forget)
        await self.transcripts.add(conversation=conversation, what=(*new_parts, *changes.events))

    async def _publish(self, changes: TurnChanges | None) -> None:
        if changes:
            await self.feed.publish(activities=changes.activities)

    async def complete(self, *, claim: Claim, changes: TurnChanges | None = None) -> None:
        queue = self._held(claim)
        await self._change(queue, claim, changes)
        await self._publish(changes)
        queue.turn = None
        self._settle(claim, queue)

    def _settle(self, claim: Claim, queue: ConversationQueue) -> None:
        self._leases.end(claim)
        queue.token = None
        if queue.priority:
            self._make_ready(claim.conversation, queue)
        elif queue.waiting:
            self._wait_for_more(claim.conversation, queue, first=queue.waiting[0], newest=queue.waiting[-1])
        else:
            del self._queues[claim.conversation]

    async def retry_later(
        self,
        *,
        claim: Claim,
        after_seconds: float,
        error: str,
        unconfirmed: UnconfirmedSend | None = None,
        changes: TurnChanges | None = None,
    ) -> None:
        queue, _ = self._held_turn(claim)
        await self._change(queue, claim, changes)
        queue, turn = self._held_turn(claim)
        self._leases.end(claim)
        if unconfirmed is not None:
            if unconfirmed.part < len(turn.sent):  # it was confirmed after the worker read the turn
                self._make_ready(claim.conversation, queue)
                return
            turn = evolve(
                turn,
                confirmation_waits=turn.confirmation_waits + 1,
                unconfirmed_attempts=unconfirmed.unconfirmed_attempts,
            )
        await self._publish(changes)
        queue.turn = evolve(turn, attempts=turn.attempts + 1, retries=turn.retries + 1, error=error)
        queue.token, queue.due = None, time.monotonic() + after_seconds

    async def defer(self, *, claim: Claim, after_seconds: float, changes: TurnChanges | None = None) -> None:
        queue = self._held(claim)
        await self._change(queue, claim, changes)
        self._leases.end(claim)
        queue.token, queue.due = None, time.monotonic() + after_seconds

    async def dead_letter(self, *, claim: Claim, reason: str, changes: TurnChanges | None = None) -> int:
        queue = self._held(claim)
        await self._change(queue, claim, changes)
        await self._publish(changes)
        if queue.turn is not None:
            letter = DeadLetter(id=str(next(self._numbers)), turn=queue.turn, reason=reason, at=time.time())
            self.dead[letter.id] = letter
        dropped = list(self.dead)[: -self.max_dead_letters]
        for oldest in dropped:
            del self.dead[oldest]
        queue.turn = None
        self._settle(claim, queue)
        return len(dropped)

    async def release(self, *, claim: Claim, changes: TurnChanges | None = None) -> None:
        queue = self._held(claim)
        await self._change(queue, claim, changes)
        self._leases.end(claim)
        self._make_ready(claim.conversation, queue)

    def fence(self, conversation: Conversation, *, force: bool) -> Fence:
        """Forget what waits and the turn under way (see `PersonalData.fence`)."""
        name = str(conversation)
        queue = self._queues.get(name)
        held = bool(queue and queue.token) and (name, queue.token if queue else "") not in self._ready
        if held and not force:
            return Fence.BUSY
        if queue:
            self._ready = deque(entry for entry in self._ready if entry[0] != name)
            self._leases.drop(name)
            del self._queues[name]
        self.rates.forget(conversation)
        return Fence.CUT_OFF if held else Fence.FREE

    async def renew(self, *, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        return tuple(claim for claim in claims if not self._leases.renew(claim))

    async def reap(self, *, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        return tuple(
            self._leases.grant(evolve(claim, partition=partition, worker=worker, delivery=claim.delivery + 1))
            for claim in self._leases.expired()[:limit]
        )

    async def promote(self, *, partition: int) -> float | None:
        now = time.monotonic()
        for conversation, queue in self._queues.items():
            if queue.due is not None and queue.due <= now:
                self._make_ready(conversation, queue)
        waits = [queue.due - now for queue in self._queues.values() if queue.due is not None]
        return min(waits, default=None)

    async def confirm(self, *, confirmations: Sequence[DeliveryConfirmation]) -> None:
        for confirmation in confirmations:
            conversation = str(confirmation.reference.conversation)
            queue = self._queues.get(conversation)
            before = queue.turn if queue else None
            confirmed = bool(queue and queue.confirm(confirmation))
            if confirmed and before:
                await self._keep_confirmed(before, confirmation)
            if queue and confirmed and queue.token is None and queue.due is not None:
                self._make_ready(conversation, queue)

    async def _keep_confirmed(self, turn: Turn, confirmation: DeliveryConfirmation) -> None:
        """The transcript gets a part that the channel confirms before its send was recorded."""
        if turn.reply is not None:
            part, outcome = turn.reply.parts[confirmation.reference.part], turn.reply.outcome
            sent = SentPart(message_id=confirmation.message_id, part=part, turn_id=turn.id, outcome=outcome)
            await self.transcripts.add(conversation=turn.conversation, what=[sent])


def _with_sent(turn: Turn, sent: Mapping[int, str]) -> Turn:
    known = {**dict(enumerate(turn.sent)), **sent}
    parts = tuple(known[part] for part in range(len(known)))
    return evolve(turn, sent=parts, attempts=0, confirmation_waits=0, unconfirmed_attempts=0, error="")
