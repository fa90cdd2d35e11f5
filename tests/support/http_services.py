"""The web application over fakes that can be looked into and broken."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
from attrs import define, evolve, field
from litestar import Litestar

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.directory import MemoryDirectory
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from application.channels import Channels
from application.operating.find_conversation import FindConversation
from application.operating.initiate_message import InitiateMessage
from application.operating.replay_dead_letter import ReplayDeadLetter
from application.operating.take_over import TakeOver
from application.ports.inbox import Acceptance, EnqueuedMessage, Inbox
from application.ports.store import StoreUnavailableError
from application.receiving.receive_webhook import ReceiveWebhook
from application.receiving.verify_subscription import VerifySubscription
from application.sending.circuit_breaker import CircuitBreaker
from domain.conversations.turn import Turn
from entrypoints.http import Services, create_app
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog
from support.dead_letters import DeadLetterBox
from support.receiving import receive_webhook
from support.signed_channel import whatsapp

OPERATOR = {"Authorization": "Bearer not-a-real-admin-token"}
# Where operators write first, and what: a template to Ana, under a key of their own.
MESSAGES = "/v1/channels/whatsapp/messages"
ANA = "+15550001111"
TEMPLATE = {"template": {"name": "hello", "language": "en_US", "parameters": ["Ana"]}}
KEYED = {**OPERATOR, "Idempotency-Key": "order-1"}


@define
class AcceptingMailbox:
    """Takes messages in and remembers their ids; `away` breaks it, and when `full` it leaves turns out."""

    posts: list[EnqueuedMessage] = field(factory=list)
    initiated: list[Turn] = field(factory=list)
    away: bool = False
    full: bool = False

    async def accept(self, *, posts: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        self.check()
        known = {post.message.id for post in self.posts}
        self.posts.extend(post for post in posts if post.message.id not in known)
        return tuple(Acceptance(post.message.id not in known) for post in posts)

    async def initiate(self, *, turn: Turn) -> Acceptance:
        self.check()
        if self.full:
            return Acceptance.LEFT_OUT
        if any(known.id == turn.id for known in self.initiated):
            return Acceptance.KNOWN
        self.initiated.append(turn)
        return Acceptance.NEW

    def check(self) -> None:
        if self.away:
            raise StoreUnavailableError("redis://user:hunter2@store: connection refused")

    async def ping(self) -> None:
        self.check()


class StoppedClock:
    def now(self) -> float:
        return 1_800_000_000.0


@define
class FakeServices:
    """Everything behind the application; `services` is what it is given."""

    mailbox: AcceptingMailbox = field(factory=AcceptingMailbox)
    feed: MemoryActivityFeed = field(factory=MemoryActivityFeed)
    agent: ScriptedAgent = field(factory=ScriptedAgent)
    dead_letters: DeadLetterBox = field(factory=DeadLetterBox)
    metrics: Metrics = field(factory=Metrics)
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    states: MemoryConversationStates = field(factory=MemoryConversationStates)
    send_rate_limiter: MemorySendRateLimiter = field(factory=MemorySendRateLimiter)
    breaker_store: MemoryBreakerStore = field(factory=MemoryBreakerStore)
    stopping: asyncio.Event = field(factory=asyncio.Event)

    @property
    def take_over(self) -> TakeOver:
        return TakeOver(states=self.states, feed=self.feed, clock=StoppedClock())

    @property
    def breaker(self) -> CircuitBreaker:
        return CircuitBreaker(store=self.breaker_store, feed=self.feed, clock=StoppedClock())

    def receive(self, channels: Channels) -> ReceiveWebhook:
        return receive_webhook(
            channels=channels,
            inbox=cast("Inbox", self.mailbox),
            directory=self.directory,
            states=self.states,
            log=MemoryMessageLog(),
            send_rate_limiter=self.send_rate_limiter,
            breaker=self.breaker,
            feed=self.feed,
            clock=StoppedClock(),
        )

    def services(self, **changes: Any) -> Services:
        channels = Channels.of([whatsapp()])
        services = Services(
            receive=self.receive(channels),
            initiate=InitiateMessage(
                channels=channels,
                directory=self.directory,
                states=self.states,
                inbox=cast("Inbox", self.mailbox),
                keys=MemoryIdempotencyKeys(),
                clock=StoppedClock(),
            ),
            find=FindConversation(channels=channels, directory=self.directory, states=self.states),
            take_over=self.take_over,
            breaker=self.breaker,
            channels=channels,
            states=self.states,
            clock=StoppedClock(),
            verify=VerifySubscription(channels=channels),
            feed=self.feed,
            agents=self.agent,
            dead_letters=self.dead_letters,
            replay=ReplayDeadLetter(letters=self.dead_letters, states=self.states, clock=StoppedClock()),
            store_ping=self.mailbox.ping,
            metrics=self.metrics,
            outages=StoreOutageLog(),
            stopping=self.stopping,
            admin_token="not-a-real-admin-token",
        )
        return evolve(services, **changes)

    def app(self, **changes: Any) -> Litestar:
        return create_app(self.services(**changes))

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the application in this process; streams are buffered to their end."""
        app = self.app(**changes)
        transport = httpx.ASGITransport(app=app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client
