"""Everything that answers a message, in memory: parts that a test can look into, delay and break."""

import functools
import math
import time
from collections import defaultdict
from typing import cast

from attrs import Factory, field, frozen

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.memory.clock import FakeClock
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.dead_letters import MemoryDeadLetters
from adapters.memory.directory import MemoryDirectory
from adapters.memory.event_outbox import MemoryEventOutbox
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.inbound import MemoryInbound
from adapters.memory.intake import MemoryIntake
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.media import MemoryMedia
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.personal_data import MemoryPersonalData
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.memory.shared_sessions import MemorySharedSessions
from adapters.memory.transcripts import MemoryTranscripts
from adapters.no_op_tracer import NoOpTracer
from application.answering.agent_input import BuildAgentInput
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.answer_conversation import AnswerConversation
from application.answering.byte_budget import ByteBudget
from application.answering.compose_reply import ComposeReply
from application.answering.tool_access import ToolAccess
from application.channels import Channel, Channels
from application.lease import Lease
from application.operating.choose_agent import ChooseAgent
from application.operating.initiate_message import InitiateMessage
from application.operating.take_over import TakeOver
from application.ports.dead_letters import DeadLetters
from application.ports.inbox import EnqueuedMessage
from application.ports.leases import Claim
from application.ports.mailbox import Mailbox
from application.ports.tracer import Tracer
from application.ports.transcriber import TranscriberPort
from application.ports.webhook_sender import WebhookSender
from application.receiving.receive_webhook import ReceiveWebhook
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.deliver_reply import DeliverReply
from application.sending.handle_send_failure import HandleSendFailure
from domain.conversations.activity import ActivityKind
from domain.conversations.loops import LoopPolicy
from domain.conversations.person_commands import Commands
from domain.conversations.routing import Routing
from domain.messages.localized_texts import Texts
from domain.messages.outbound import TemplatePart
from domain.policies.budget import Budget
from domain.policies.debounce import IMMEDIATE
from domain.policies.proposals import ProposalPolicy
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import RetryPolicy
from domain.policies.staleness import Staleness
from entrypoints.bootstrap.use_cases import UseCases
from entrypoints.observability.metrics import Metrics
from support.polling import eventually
from support.texts import TEXTS
from support.watched_ports import WatchedMailbox, WatchedMessenger

CHANNEL_TOKEN = "not-a-real-token"
# The default policy with hundredths of a second in place of seconds.
QUICK = RetryPolicy(first_seconds=0.01, max_seconds=0.05, confirm_seconds=0.05)


@frozen(kw_only=True)
class Answering:
    """The use cases of one channel with these parts. A test replaces the parts that it is about."""

    agent: ScriptedAgent = field(factory=ScriptedAgent)
    mailbox: WatchedMailbox = field(factory=WatchedMailbox)
    messenger: WatchedMessenger = field(factory=WatchedMessenger)
    feed: MemoryActivityFeed = field(
        default=Factory(lambda self: self.mailbox.feed or MemoryActivityFeed(), takes_self=True)
    )
    clock: FakeClock = field(factory=FakeClock)
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
    transcriber: TranscriberPort | None = None
    states: MemoryConversationStates = field(default=Factory(lambda self: self.mailbox.states, takes_self=True))
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    log: MemoryMessageLog = field(default=Factory(lambda self: self.mailbox.log, takes_self=True))
    keys: MemoryIdempotencyKeys = field(factory=MemoryIdempotencyKeys)
    send_rate_limiter: MemorySendRateLimiter = field(factory=MemorySendRateLimiter)
    shared_sessions: MemorySharedSessions = field(factory=MemorySharedSessions)
    breaker_store: MemoryBreakerStore = field(default=Factory(lambda self: self.mailbox.breakers, takes_self=True))
    file_budget: ByteBudget = field(factory=ByteBudget)
    tools: ToolAccess | None = None
    metrics: Metrics = field(factory=Metrics)
    receiver: WebhookSender | None = None
    proposal_policy: ProposalPolicy = field(factory=ProposalPolicy)
    tracer: Tracer = field(factory=NoOpTracer)
    budget: Budget | None = None
    routing: Routing | None = None
    dead_letters: DeadLetters = field(factory=lambda: MemoryDeadLetters(mailbox=MemoryMailbox()))

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
            routing=self.routing,
            budget=self.budget,
        )

    @property
    def channels(self) -> Channels:
        return Channels.of([self.channel])

    @functools.cached_property
    def use_cases(self) -> UseCases:
        """The use cases, built as in production, over the parts of this test."""
        return UseCases(
            clock=self.clock,
            retries=self.retries,
            channels=self.channels,
            mailbox=cast("Mailbox", self.mailbox),
            dead_letters=self.dead_letters,
            feed=self.feed,
            runtimes=AgentRuntimes.single(self.agent),
            directory=self.directory,
            intake=MemoryIntake(
                inbox=self.mailbox,
                directory=self.directory,
                states=self.states,
                feed=self.feed,
                transcripts=self.transcripts,
            ),
            states=self.states,
            message_log=self.log,
            send_rate_limiter=self.send_rate_limiter,
            shared_sessions=self.shared_sessions,
            breaker_store=self.breaker_store,
            callers_keys=self.keys,
            transcriber=self.transcriber,
            file_budget=self.file_budget,
            measurements=self.metrics.turns,
            proposals=self.mailbox.proposals,
            receiver=self.receiver,
            proposal_policy=self.proposal_policy,
            tracer=self.tracer,
            usage=self.mailbox.usage,
            forgetting=self.mailbox.forgetting,
            transcripts=self.transcripts,
            personal_data=MemoryPersonalData(
                mailbox=self._memory_mailbox,
                feed=self.feed,
                outbox=MemoryEventOutbox(feed=self.feed),
                directory=self.directory,
                limiter=self.send_rate_limiter,
                shared_sessions=self.shared_sessions,
                requests=self.keys,
            ),
            tools=self.tools,
        )

    @property
    def _memory_mailbox(self) -> MemoryMailbox:
        """The mailbox, if it is in memory. Nothing is asked about the people of another one here."""
        kept = getattr(self.mailbox, "mailbox", None)
        return kept if isinstance(kept, MemoryMailbox) else MemoryMailbox()

    @functools.cached_property
    def transcripts(self) -> MemoryTranscripts:
        """What was said; a mailbox on Redis keeps it itself."""
        kept = self.mailbox.transcripts
        return kept if isinstance(kept, MemoryTranscripts) else MemoryMailbox().transcripts

    @property
    def read(self) -> BuildAgentInput:
        return self.use_cases.read

    @property
    def compose(self) -> ComposeReply:
        return self.use_cases.compose

    @property
    def breaker(self) -> CircuitBreaker:
        return self.use_cases.breaker

    @property
    def take_over(self) -> TakeOver:
        return self.use_cases.take_over

    @property
    def choose_agent(self) -> ChooseAgent:
        return self.use_cases.choose_agent

    @property
    def handle_failure(self) -> HandleSendFailure:
        return self.use_cases.handle_failure

    @property
    def deliver(self) -> DeliverReply:
        return self.use_cases.deliver

    @property
    def receive(self) -> ReceiveWebhook:
        return self.use_cases.receive

    @property
    def initiate(self) -> InitiateMessage:
        return self.use_cases.initiate

    @property
    def answer(self) -> AnswerConversation:
        return self.use_cases.answer

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
