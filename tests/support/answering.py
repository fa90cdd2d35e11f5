"""Everything that answers a message, in memory: parts a test can look into, hold up and break."""

from collections import defaultdict
from typing import cast

from attrs import field, frozen

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.clock import FakeClock
from adapters.memory.directory import MemoryDirectory
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.inbound import MemoryInbound
from adapters.memory.media import MemoryMedia
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.pacer import MemoryPacer
from adapters.memory.rate_store import MemoryRateStore
from adapters.memory.standings import MemoryStandings
from adapters.memory.transcriber import MemoryTranscriber
from application.admit_messages import AdmitMessages
from application.answer_conversation import AnswerConversation
from application.byte_budget import ByteBudget
from application.channels import Channel, Channels
from application.compose_reply import ComposeReply
from application.deliver_reply import DeliverReply
from application.follow_up import FollowUp
from application.initiate_message import InitiateMessage
from application.number_stops import NumberStops
from application.ports.mailbox import Claim, Mailbox, Post
from application.ports.rate_store import RateStore
from application.read_files import ReadFiles
from application.read_turn import ReadTurn
from application.receive_webhook import ReceiveWebhook
from application.send_part import SendPart
from application.take_over import TakeOver
from domain.activity import ActivityKind
from domain.commands import Commands
from domain.failures import RetryPolicy
from domain.loops import LoopPolicy
from domain.parts import TemplatePart
from domain.rate_limit import RateLimitPolicy
from domain.staleness import Staleness
from domain.texts import Texts
from support.polling import eventually
from support.receiving import receive_webhook
from support.texts import TEXTS
from support.watched_ports import WatchedMailbox, WatchedMessenger

CHANNEL_TOKEN = "not-a-real-token"
# As the real policy, in hundredths of a second.
QUICK = RetryPolicy(first_seconds=0.01, longest_seconds=0.05, confirm_seconds=0.05)


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
    loops: LoopPolicy | None = field(factory=LoopPolicy)
    window_seconds: float | None = None
    late_template: TemplatePart | None = None
    media: MemoryMedia = field(factory=MemoryMedia)
    transcriber: MemoryTranscriber | None = None
    standings: MemoryStandings = field(factory=MemoryStandings)
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    log: MemoryMessageLog = field(factory=MemoryMessageLog)
    keys: MemoryIdempotencyKeys = field(factory=MemoryIdempotencyKeys)
    pacer: MemoryPacer = field(factory=MemoryPacer)
    file_budget: ByteBudget = field(factory=ByteBudget)

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
            loops=self.loops,
            window_seconds=self.window_seconds,
            late_template=self.late_template,
            media=self.media,
        )

    @property
    def channels(self) -> Channels:
        return Channels.of([self.channel])

    @property
    def read(self) -> ReadTurn:
        return ReadTurn(
            log=self.log, files=ReadFiles(log=self.log, transcriber=self.transcriber, budget=self.file_budget)
        )

    @property
    def compose(self) -> ComposeReply:
        return ComposeReply(
            admit=AdmitMessages(rates=self.rates),
            read=self.read,
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
            send=SendPart(
                retries=self.retries,
                log=self.log,
                directory=self.directory,
                standings=self.standings,
                clock=self.clock,
            ),
            clock=self.clock,
        )

    @property
    def receive(self) -> ReceiveWebhook:
        return receive_webhook(
            channels=self.channels,
            mailbox=cast("Mailbox", self.mailbox),
            directory=self.directory,
            standings=self.standings,
            log=self.log,
            pacer=self.pacer,
            feed=self.feed,
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
