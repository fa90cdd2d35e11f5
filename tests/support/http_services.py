"""The web application with fakes that a test can look into and break."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from attrs import define, evolve, field
from dependency_injector import providers
from litestar import Litestar

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.directory import MemoryDirectory
from adapters.memory.proposals import MemoryProposals
from application.channels import Channels
from application.operating.take_over import TakeOver
from application.ports.inbox import Acceptance, EnqueuedMessage
from application.ports.store import StoreUnavailableError
from application.sending.circuit_breaker import CircuitBreaker
from domain.conversations.turn import Turn
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.in_memory import keep_in_memory
from entrypoints.http.app import create_app
from entrypoints.http.body import BoundedBodies
from entrypoints.http.recent_reads import RecentReads
from entrypoints.http.server.request_metrics import RequestMetrics
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens
from entrypoints.observability.metrics import Metrics
from entrypoints.settings import Secret, ServiceSettings, Settings
from support.dead_letters import ListedDeadLetters
from support.signed_channel import SignedChannel, whatsapp

ADMIN_TOKEN = "not-a-real-admin-token"
OPERATOR = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
SETTINGS = Settings(service=ServiceSettings(admin_token=Secret(ADMIN_TOKEN)), channels=())
# A request of operators: a template to Ana, with an idempotency key.
MESSAGES = "/v1/channels/whatsapp/messages"
ANA = "+15550001111"
TEMPLATE = {"template": {"name": "hello", "language": "en_US", "parameters": ["Ana"]}}
KEYED = {**OPERATOR, "Idempotency-Key": "order-1"}


@define
class AcceptingMailbox:
    """Accepts messages and remembers their ids. `away` is an outage, and when `full` it leaves turns out."""

    posts: list[EnqueuedMessage] = field(factory=list)
    initiated: list[Turn] = field(factory=list)
    away: bool = False
    full: bool = False
    lease_seconds: float = 15.0

    async def accept(self, *, messages: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        self.check()
        known = {post.message.id for post in self.posts}
        self.posts.extend(post for post in messages if post.message.id not in known)
        return tuple(Acceptance(post.message.id not in known) for post in messages)

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


idle: list[Litestar] = []


@contextmanager
def lent_app(services: Services) -> Iterator[Litestar]:
    """An application over these services. To build its routes takes longer than to test them, so it is used again."""
    app = idle.pop() if idle else create_app(services)
    fresh = {"services": services, "wrong_tokens": WrongTokens(), "recent_reads": RecentReads()}
    assert app.state.keys() == fresh.keys()
    app.state.update(fresh)
    for part in app.middleware:
        if isinstance(part, RequestMetrics):
            RequestMetrics.__init__(part, services.metrics)
        elif isinstance(part, BoundedBodies):
            BoundedBodies.__init__(part, services.body_memory)
    yield app
    idle.append(app)


class StoppedClock:
    def now(self) -> float:
        return 1_800_000_000.0


@define
class FakeServices:
    """The parts behind the web application, wired by the container; `services` is what the routes get."""

    mailbox: AcceptingMailbox = field(factory=AcceptingMailbox)
    feed: MemoryActivityFeed = field(factory=MemoryActivityFeed)
    agent: ScriptedAgent = field(factory=ScriptedAgent)
    dead_letters: ListedDeadLetters = field(factory=ListedDeadLetters)
    metrics: Metrics = field(factory=Metrics)
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    states: MemoryConversationStates = field(factory=MemoryConversationStates)
    breaker_store: MemoryBreakerStore = field(factory=MemoryBreakerStore)
    proposals: MemoryProposals = field(factory=MemoryProposals)
    stopping: asyncio.Event = field(factory=asyncio.Event)
    inbound: SignedChannel = field(factory=SignedChannel)

    def container(self) -> Container:
        container = Container(settings=SETTINGS)
        keep_in_memory(container)
        parts: dict[providers.Provider[Any], object] = {
            container.channels: Channels.of([evolve(whatsapp(), inbound=self.inbound)]),
            container.clock: StoppedClock(),
            container.probe: self.mailbox,
            container.mailbox: self.mailbox,
            container.feed: self.feed,
            container.agent: self.agent,
            container.dead_letters: self.dead_letters,
            container.metrics: self.metrics,
            container.directory: self.directory,
            container.states: self.states,
            container.breaker_store: self.breaker_store,
            container.proposals: self.proposals,
            container.stopping: self.stopping,
        }
        for provider, part in parts.items():
            provider.override(providers.Object(part))
        return container

    @property
    def take_over(self) -> TakeOver:
        return self.container().use_cases().take_over

    @property
    def breaker(self) -> CircuitBreaker:
        return self.container().use_cases().breaker

    def services(self, **changes: Any) -> Services:
        return evolve(self.container().services(), **changes)

    def app(self, **changes: Any) -> Litestar:
        return create_app(self.services(**changes))

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the application in this process; streams are buffered to their end."""
        with lent_app(self.services(**changes)) as app:
            transport = httpx.ASGITransport(app=app)
            async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                yield client
