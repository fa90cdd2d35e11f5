"""Everything that answers a message, in memory: parts that a test can look into, delay and break."""

import math
import time
from collections import defaultdict
from typing import cast

from attrs import field, frozen

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.breaker_store import MemoryBreakerStore
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
from application.lease import Lease
from application.operating.initiate_message import InitiateMessage
from application.operating.take_over import TakeOver
from application.ports.inbox import EnqueuedMessage, Inbox
from application.ports.leases import Claim
from application.ports.mailbox import Mailbox
from application.ports.rate_store import RateStore
from application.receiving.receive_webhook import ReceiveWebhook
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.deliver_reply import DeliverReply
from application.sending.handle_send_failure import HandleSendFailure
from application.sending.send_part import SendPart
from domain.conversations.activity import ActivityKind
from domain.conversations.commands import Commands
from domain.conversations.loops import LoopPolicy
from domain.messages.localized_texts import Texts
from domain.messages.parts import TemplatePart
from domain.policies.debounce import IMMEDIATE
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import RetryPolicy
from domain.policies.staleness import Staleness
from support.polling import eventually
from support.receiving import receive_webhook
from support.texts import TEXTS
from support.watched_ports import WatchedMailbox, WatchedMessenger

CHANNEL_TOKEN = "not-a-real-token"
# The default policy with hundredths of a second in place of seconds.
QUICK = RetryPolicy(first_seconds=0.01, longest_seconds=0.05, confirm_seconds=0.05)


@frozen(kw_only=True)
class Answering:
    """The use cases of one channel with these parts. A test replaces the parts that it is about."""

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
    breaker_store: MemoryBreakerStore = field(factory=MemoryBreakerStore)
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
            build_input=self.read,
            agent=self.agent,
            states=self.states,
            clock=self.clock,
        )

    @property
    def breaker(self) -> CircuitBreaker:
        return CircuitBreaker(store=self.breaker_store, feed=self.feed, clock=self.clock)

    @property
    def take_over(self) -> TakeOver:
        return TakeOver(states=self.states, feed=self.feed, clock=self.clock)

    @property
    def handle_failure(self) -> HandleSendFailure:
        return HandleSendFailure(retries=self.retries, send_rate_limiter=self.send_rate_limiter, breaker=self.breaker)

    @property
    def deliver(self) -> DeliverReply:
        return DeliverReply(
            retries=self.retries,
            states=self.states,
            send_rate_limiter=self.send_rate_limiter,
            breaker=self.breaker,
            handle_failure=self.handle_failure,
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
            inbox=cast("Inbox", self.mailbox),
            directory=self.directory,
            states=self.states,
            log=self.log,
            send_rate_limiter=self.send_rate_limiter,
            breaker=self.breaker,
            feed=self.feed,
            clock=self.clock,
        )

    @property
    def initiate(self) -> InitiateMessage:
        return InitiateMessage(
            channels=self.channels,
            directory=self.directory,
            states=self.states,
            inbox=cast("Inbox", self.mailbox),
            keys=self.keys,
            clock=self.clock,
        )

    @property
    def answer(self) -> AnswerConversation:
        return AnswerConversation(
            channels=self.channels,
            compose=self.compose,
            deliver=self.deliver,
            handle_failure=self.handle_failure,
            settle=SettleTurn(feed=self.feed, clock=self.clock),
            breaker=self.breaker,
            retries=self.retries,
        )

    async def accept(self, *posts: EnqueuedMessage) -> None:
        await self.mailbox.mailbox.accept(messages=posts)

    async def claim(self, *, worker: str = "a") -> Claim:
        """The next ready conversation, waiting for it if need be."""
        inner = self.mailbox.mailbox

        async def attempt() -> tuple[Claim, ...]:
            await inner.promote(partition=0)
            return await inner.claim(partition=0, worker=worker, limit=1, wait_seconds=0.01)

        return (await eventually(attempt))[0]

    def lease(self, claim: Claim, *, seconds: float = math.inf) -> Lease:
        """A lease on the claim that holds for so many seconds by the clock of the worker, whatever the store says."""
        mailbox = cast("Mailbox", self.mailbox)
        return Lease(turns=mailbox, leases=mailbox, claim=claim, expires_at=time.monotonic() + seconds)

    @property
    def happened(self) -> dict[ActivityKind, list[dict[str, str]]]:
        """The details of the published activities, by kind."""
        details: defaultdict[ActivityKind, list[dict[str, str]]] = defaultdict(list)
        for activity in self.feed.activities:
            details[activity.kind].append(dict(activity.detail))
        return dict(details)

    @property
    def dead(self) -> list[tuple[str, str]]:
        """Conversation and reason of each dead letter."""
        return [(str(letter.turn.conversation), letter.reason) for letter in self.mailbox.mailbox.dead.values()]
