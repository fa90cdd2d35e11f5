"""Everything that answers a message, in memory: parts a test can look into, hold up and break."""

from collections import defaultdict
from typing import cast

from attrs import field, frozen

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.clock import FakeClock
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.directory import MemoryDirectory
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.inbound import MemoryInbound
from adapters.memory.media import MemoryMedia
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.rate_store import MemoryRateStore
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.memory.transcriber import MemoryTranscriber
from application.answering.agent_input import BuildAgentInput
from application.answering.answer_conversation import AnswerConversation
from application.answering.apply_rate_limit import ApplyRateLimit
from application.answering.byte_budget import ByteBudget
from application.answering.compose_reply import ComposeReply
from application.answering.read_files import ReadFiles
from application.answering.settle_turn import SettleTurn
from application.channels import Channel, Channels
from application.operating.initiate_message import InitiateMessage
from application.operating.take_over import TakeOver
from application.ports.mailbox import Claim, EnqueuedMessage, Mailbox
from application.ports.rate_store import RateStore
from application.receiving.receive_webhook import ReceiveWebhook
from application.sending.circuit_breaker import NumberStops
from application.sending.deliver_reply import DeliverReply
from application.sending.send_part import SendPart
from domain.conversations.activity import ActivityKind
from domain.conversations.commands import Commands
from domain.messages.localized_texts import Texts
from domain.messages.parts import TemplatePart
from domain.policies.debounce import IMMEDIATE
from domain.policies.loops import LoopPolicy
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import RetryPolicy
from domain.policies.staleness import Staleness
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
    states: MemoryConversationStates = field(factory=MemoryConversationStates)
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    log: MemoryMessageLog = field(factory=MemoryMessageLog)
    keys: MemoryIdempotencyKeys = field(factory=MemoryIdempotencyKeys)
    send_rate_limiter: MemorySendRateLimiter = field(factory=MemorySendRateLimiter)
    file_budget: ByteBudget = field(factory=ByteBudget)

    @property
    def channel(self) -> Channel:
        return Channel(
            name="whatsapp",
            inbound=MemoryInbound(channel="whatsapp", token=CHANNEL_TOKEN),
            messenger=self.messenger,
            agent="assistant",
            debounce=IMMEDIATE,
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
    def read(self) -> BuildAgentInput:
        return BuildAgentInput(
            log=self.log, files=ReadFiles(log=self.log, transcriber=self.transcriber, budget=self.file_budget)
        )

    @property
    def compose(self) -> ComposeReply:
        return ComposeReply(
            admit=ApplyRateLimit(rates=self.rates),
            read=self.read,
            agent=self.agent,
            states=self.states,
            clock=self.clock,
        )

    @property
    def stops(self) -> NumberStops:
        return NumberStops(send_rate_limiter=self.send_rate_limiter, feed=self.feed, clock=self.clock)

    @property
    def take_over(self) -> TakeOver:
        return TakeOver(states=self.states, feed=self.feed, clock=self.clock)

    @property
    def deliver(self) -> DeliverReply:
        return DeliverReply(
            retries=self.retries,
            states=self.states,
            send_rate_limiter=self.send_rate_limiter,
            stops=self.stops,
            send=SendPart(
                retries=self.retries,
                log=self.log,
                directory=self.directory,
                states=self.states,
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
            states=self.states,
            log=self.log,
            send_rate_limiter=self.send_rate_limiter,
            feed=self.feed,
            clock=self.clock,
        )

    @property
    def initiate(self) -> InitiateMessage:
        return InitiateMessage(
            channels=self.channels,
            directory=self.directory,
            states=self.states,
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
            settle_turn=SettleTurn(feed=self.feed, clock=self.clock),
            stops=self.stops,
            retries=self.retries,
        )

    async def accept(self, *posts: EnqueuedMessage) -> None:
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
