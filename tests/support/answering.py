"""Everything that answers a message, in memory: parts a test can look into, hold up and break."""

import inspect
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Any, cast

from attrs import define, field, frozen

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.clock import FakeClock
from adapters.memory.directory import MemoryDirectory
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.inbound import MemoryInbound
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.media import MemoryMedia
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.messenger import MemoryMessenger
from adapters.memory.pacer import MemoryPacer
from adapters.memory.rate_store import MemoryRateStore
from adapters.memory.standings import MemoryStandings
from adapters.memory.transcriber import MemoryTranscriber
from application.admit_messages import AdmitMessages
from application.answer_conversation import AnswerConversation
from application.channels import Channel, Channels
from application.compose_reply import ComposeReply
from application.deliver_reply import DeliverReply
from application.follow_up import FollowUp
from application.heed_failures import HeedFailures
from application.initiate_message import InitiateMessage
from application.note_events import NoteEvents
from application.number_stops import NumberStops
from application.outcome import Outcome
from application.ports.mailbox import Claim, Mailbox, Post
from application.ports.messenger import SendFailedError
from application.ports.rate_store import RateStore
from application.ports.store import StoreUnavailableError
from application.read_turn import ReadTurn
from application.receive_webhook import ReceiveWebhook
from application.send_part import SendPart
from application.take_over import TakeOver
from domain.activity import ActivityKind
from domain.commands import Commands
from domain.conversations import Person
from domain.failures import RetryPolicy, SendFailure
from domain.messages import InboundMessage
from domain.parts import Part, TemplatePart
from domain.rate_limit import RateLimitPolicy
from domain.staleness import Staleness
from domain.texts import LocalizedText, Texts
from domain.turns import Turn
from support.polling import eventually

CHANNEL_TOKEN = "not-a-real-token"
TEXTS = Texts(
    error=LocalizedText(by_language={"en": "Sorry.", "es": "Lo siento."}, default="en"),
    please_wait=LocalizedText(by_language={"en": "Please wait.", "es": "Un momento."}, default="en"),
    unsupported=LocalizedText(by_language={"en": "I can only read text.", "es": "Solo leo texto."}, default="en"),
    late=LocalizedText(by_language={"en": "Too late.", "es": "Demasiado tarde."}, default="en"),
    new_session=LocalizedText(by_language={"en": "A fresh start.", "es": "De nuevo."}, default="en"),
    handed_over=LocalizedText(by_language={"en": "Somebody will answer.", "es": "Alguien contesta."}, default="en"),
    file_failed=LocalizedText(by_language={"en": "A file is missing.", "es": "Falta un archivo."}, default="en"),
    choose=LocalizedText(by_language={"en": "Choose", "es": "Elegir"}, default="en"),
)
# As the real policy, in hundredths of a second.
QUICK = RetryPolicy(first_seconds=0.01, longest_seconds=0.05, confirm_seconds=0.05)

type Hook = Callable[[], Awaitable[object]]


@define
class WatchedMailbox:
    """Passes each step on to `mailbox`, after noting its name in `steps` and awaiting the hook in `before`, if any.

    A hook may wait, or raise in place of the step. While `away` is true, every step raises.
    """

    mailbox: Any = field(factory=MemoryMailbox)
    steps: list[str] = field(factory=list)
    under_way: Counter[str] = field(factory=Counter)
    before: dict[str, Hook] = field(factory=dict)
    away: bool = False

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.mailbox, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def step(**arguments: object) -> object:
            self.steps.append(name)
            self.under_way[name] += 1
            try:
                if self.away:
                    raise StoreUnavailableError("away, as the test wants it")
                if hook := self.before.get(name):
                    await hook()
                return await attribute(**arguments)
            finally:
                self.under_way[name] -= 1

        return step


@define(kw_only=True)
class WatchedMessenger(MemoryMessenger):
    """Notes each send in `steps` and awaits `before_send`, which may wait or raise; `after_send` comes once sent.

    The next sends fail as `send_failures` says, None: not; acknowledgements do not.
    """

    steps: list[str] = field(factory=list)
    send_failures: deque[SendFailure | None] = field(factory=deque)
    before_send: Hook | None = None
    after_send: Hook | None = None

    async def send(self, *, part: Part, to: Person, reference: str) -> str:
        self.steps.append("send")
        if self.before_send:
            await self.before_send()
        if self.send_failures and (failure := self.send_failures.popleft()):
            raise SendFailedError(failure, "told to fail")
        message_id = await super().send(part=part, to=to, reference=reference)
        if self.after_send:
            await self.after_send()
        return message_id

    @property
    def said(self) -> list[str]:
        return [part.body for part in self.sent]

    def said_to(self, person: Person) -> list[str]:
        return [part.body for part in self.sent if part.to.key == person.key]


@frozen(kw_only=True)
class Answering:
    """The use cases of one channel over these parts; give what the test is about."""

    agent: ScriptedAgent = field(factory=ScriptedAgent)
    mailbox: WatchedMailbox = field(factory=WatchedMailbox)
    messenger: WatchedMessenger = field(factory=WatchedMessenger)
    feed: MemoryActivityFeed = field(factory=MemoryActivityFeed)
    clock: FakeClock = field(factory=FakeClock)
    rates: RateStore = field(factory=MemoryRateStore)
    retries: RetryPolicy = QUICK
    rate_limit: RateLimitPolicy | None = None
    session_id: str = "{user}"
    texts: Texts = TEXTS
    staleness: Staleness = field(factory=Staleness)
    commands: Commands = field(factory=Commands)
    window_seconds: float | None = None
    late_template: TemplatePart | None = None
    media: MemoryMedia = field(factory=MemoryMedia)
    transcriber: MemoryTranscriber | None = None
    standings: MemoryStandings = field(factory=MemoryStandings)
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    log: MemoryMessageLog = field(factory=MemoryMessageLog)
    keys: MemoryIdempotencyKeys = field(factory=MemoryIdempotencyKeys)
    pacer: MemoryPacer = field(factory=MemoryPacer)

    @property
    def channel(self) -> Channel:
        return Channel(
            name="whatsapp",
            inbound=MemoryInbound(channel="whatsapp", token=CHANNEL_TOKEN),
            messenger=self.messenger,
            agent="assistant",
            texts=self.texts,
            rate_limit=self.rate_limit,
            session_id=self.session_id,
            staleness=self.staleness,
            commands=self.commands,
            window_seconds=self.window_seconds,
            late_template=self.late_template,
            media=self.media,
        )

    @property
    def channels(self) -> Channels:
        return Channels.of([self.channel])

    @property
    def compose(self) -> ComposeReply:
        return ComposeReply(
            admit=AdmitMessages(rates=self.rates),
            read=ReadTurn(log=self.log, transcriber=self.transcriber),
            agent=self.agent,
            standings=self.standings,
            clock=self.clock,
        )

    @property
    def stops(self) -> NumberStops:
        return NumberStops(pacer=self.pacer, feed=self.feed, clock=self.clock)

    @property
    def take_over(self) -> TakeOver:
        return TakeOver(standings=self.standings, feed=self.feed, clock=self.clock)

    @property
    def deliver(self) -> DeliverReply:
        return DeliverReply(
            retries=self.retries,
            standings=self.standings,
            pacer=self.pacer,
            stops=self.stops,
            send=SendPart(retries=self.retries, log=self.log, clock=self.clock),
            clock=self.clock,
        )

    @property
    def receive(self) -> ReceiveWebhook:
        mailbox = cast("Mailbox", self.mailbox)
        return ReceiveWebhook(
            channels=self.channels,
            directory=self.directory,
            mailbox=mailbox,
            standings=self.standings,
            note=NoteEvents(
                channels=self.channels,
                mailbox=mailbox,
                directory=self.directory,
                standings=self.standings,
                log=self.log,
                take_over=self.take_over,
                stops=self.stops,
                failures=HeedFailures(
                    channels=self.channels,
                    mailbox=mailbox,
                    standings=self.standings,
                    log=self.log,
                    pacer=self.pacer,
                    stops=self.stops,
                ),
                feed=self.feed,
            ),
            clock=self.clock,
        )

    @property
    def initiate(self) -> InitiateMessage:
        return InitiateMessage(
            channels=self.channels,
            directory=self.directory,
            standings=self.standings,
            mailbox=cast("Mailbox", self.mailbox),
            keys=self.keys,
            clock=self.clock,
        )

    @property
    def answer(self) -> AnswerConversation:
        return AnswerConversation(
            channels=self.channels,
            mailbox=cast("Mailbox", self.mailbox),
            compose=self.compose,
            deliver=self.deliver,
            follow_up=FollowUp(feed=self.feed, clock=self.clock),
            stops=self.stops,
            retries=self.retries,
        )

    async def accept(self, *posts: Post) -> None:
        await self.mailbox.mailbox.accept(posts=posts)

    async def claim(self, *, worker: str = "a") -> Claim:
        """The next ready conversation, waiting for it if need be."""
        inner = self.mailbox.mailbox

        async def attempt() -> tuple[Claim, ...]:
            await inner.promote(partition=0)
            return await inner.claim(partition=0, worker=worker, limit=1, wait_seconds=0.01)

        return (await eventually(attempt))[0]

    @property
    def happened(self) -> dict[ActivityKind, list[dict[str, str]]]:
        """The details of what was published, by kind."""
        details: defaultdict[ActivityKind, list[dict[str, str]]] = defaultdict(list)
        for activity in self.feed.activities:
            details[activity.kind].append(dict(activity.detail))
        return dict(details)

    @property
    def dead(self) -> list[tuple[str, str]]:
        """Conversation and reason of each dead letter."""
        return [(str(letter.turn.conversation), letter.reason) for letter in self.mailbox.mailbox.dead.values()]


def held() -> bool:
    """A lease that always holds."""
    return True


def turn_of(*messages: InboundMessage, turn_id: str = "7-0") -> Turn:
    return Turn(id=turn_id, conversation=messages[0].conversation, messages=messages)


async def answer_once(answering: Answering, *, worker: str = "a") -> Outcome:
    """Claim the next ready conversation and answer it under a lease that holds."""
    return await answering.answer(claim=await answering.claim(worker=worker), holds=held)


async def answer_to_the_end(answering: Answering, *, longest: int = 100) -> list[Outcome]:
    """Answer the next conversation, again after each retry or delay, until it is over."""
    outcomes: list[Outcome] = []
    while len(outcomes) < longest:
        outcomes.append(await answer_once(answering))
        if outcomes[-1] not in {Outcome.RETRIED, Outcome.DEFERRED}:
            return outcomes
    raise AssertionError(f"not over: {outcomes}")
