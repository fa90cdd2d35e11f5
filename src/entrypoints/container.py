"""The one place where adapters are picked: what fills each port, made of the settings."""

import asyncio
import secrets
import socket
from pathlib import Path

import httpx
from dependency_injector import containers, providers

from adapters.astromesh.embedded import EmbeddedAstromesh
from adapters.astromesh.http import AstromeshHttpAgent
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.connection import CLUSTER, StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.embedded import EmbeddedStore
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.probe import StoreProbe
from adapters.redis.rate_store import RedisRateStore
from adapters.system_clock import SystemClock
from application.admit_messages import AdmitMessages
from application.answer_conversation import AnswerConversation
from application.channels import Channels
from application.compose_reply import ComposeReply
from application.deliver_reply import DeliverReply
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentPort
from application.ports.clock import Clock
from application.ports.dead_letters import DeadLetters
from application.ports.mailbox import Mailbox
from application.ports.rate_store import RateStore
from application.receive_webhook import ReceiveWebhook
from application.verify_subscription import VerifySubscription
from domain.failures import RetryPolicy
from entrypoints.channel_types import build_channels
from entrypoints.http.services import Services
from entrypoints.http_client import SteadyClient
from entrypoints.measured_agent import MeasuredAgent
from entrypoints.metrics import Metrics
from entrypoints.settings import Settings
from entrypoints.settings.validators import EMBEDDED_STORE
from entrypoints.store_trouble import StoreTrouble
from entrypoints.worker import Worker

# Uvicorn, which serves Astromesh, drops idle connections after five seconds; who closes first loses no request.
KEEP_ALIVE_SECONDS = 4.0
SEND_SECONDS = 10.0
CLUSTER_PARTITIONS = 16


def _http_client() -> httpx.AsyncClient:
    """One pool for everything we call: as many connections as there are turns under way."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200, keepalive_expiry=KEEP_ALIVE_SECONDS)
    return SteadyClient(limits=limits, timeout=SEND_SECONDS)


def _embedded_store(settings: Settings) -> EmbeddedStore:
    return EmbeddedStore(directory=settings.service.data_dir / "store")


def _store_url(settings: Settings, embedded: EmbeddedStore) -> str:
    return embedded.url if settings.service.store == EMBEDDED_STORE else settings.service.store


def _partitions(store_url: str) -> int:
    """One server is one partition; on a cluster the conversations spread. Fixed when an installation begins."""
    return CLUSTER_PARTITIONS if store_url.startswith(CLUSTER) else 1


def _memory_url(store_url: str) -> str | None:
    """Astromesh keeps conversations in a single Redis; it has no client for a cluster."""
    return None if store_url.startswith(CLUSTER) else store_url


def _agent(settings: Settings, client: httpx.AsyncClient, agents_dir: Path) -> AgentPort:
    agents = settings.service.agents
    if agents.url is None:
        return EmbeddedAstromesh(config_dir=agents_dir, timeout_seconds=agents.timeout_seconds)
    return AstromeshHttpAgent(client=client, url=agents.url, timeout_seconds=agents.timeout_seconds)


def _admin_token(settings: Settings) -> str | None:
    token = settings.service.admin_token
    return token.reveal() if token else None


def _worker_name() -> str:
    return f"{socket.gethostname()}-{secrets.token_hex(4)}"


class Container(containers.DeclarativeContainer):
    """Every part, by its role; each can be overridden.

    `settings` must be given. `agents_dir` holds `agents/`, for agents that run in this process; `admin_open` opens
    the operators' routes to everybody, which is for development alone.
    """

    settings: providers.Provider[Settings] = providers.Dependency(instance_of=Settings)
    agents_dir: providers.Provider[Path] = providers.Dependency(instance_of=Path, default=Path("config"))
    admin_open: providers.Provider[bool] = providers.Dependency(instance_of=bool, default=False)
    stopping: providers.Provider[asyncio.Event] = providers.Singleton(asyncio.Event)

    worker_settings = settings.provided.service.worker

    clock: providers.Provider[Clock] = providers.Singleton(SystemClock)
    retries: providers.Provider[RetryPolicy] = providers.Singleton(
        RetryPolicy, confirm_seconds=worker_settings.confirm_seconds
    )
    metrics: providers.Provider[Metrics] = providers.Singleton(Metrics)
    trouble: providers.Provider[StoreTrouble] = providers.Singleton(StoreTrouble)
    http_client: providers.Provider[httpx.AsyncClient] = providers.Singleton(_http_client)
    embedded_store: providers.Provider[EmbeddedStore] = providers.Singleton(_embedded_store, settings)
    store_url: providers.Provider[str] = providers.Singleton(_store_url, settings, embedded_store)
    keys: providers.Provider[Keys] = providers.Singleton(Keys, partitions=providers.Callable(_partitions, store_url))
    memory_url: providers.Provider[str | None] = providers.Callable(_memory_url, store_url)
    store: providers.Provider[StoreConnections] = providers.Singleton(StoreConnections.to, store_url)
    probe: providers.Provider[StoreProbe] = providers.Singleton(StoreProbe, store=store, keys=keys)

    mailbox: providers.Provider[Mailbox] = providers.Singleton(
        RedisMailbox, store=store, keys=keys, clock=clock, lease_seconds=worker_settings.lease_seconds
    )
    dead_letters: providers.Provider[DeadLetters] = providers.Singleton(RedisDeadLetters, store=store, keys=keys)
    rates: providers.Provider[RateStore] = providers.Singleton(RedisRateStore, store=store, keys=keys)
    feed: providers.Provider[ActivityFeed] = providers.Singleton(RedisActivityFeed, store=store, keys=keys)
    agent: providers.Provider[AgentPort] = providers.Singleton(_agent, settings, http_client, agents_dir)
    measured_agent: providers.Provider[AgentPort] = providers.Singleton(MeasuredAgent, agent=agent, metrics=metrics)
    channels: providers.Provider[Channels] = providers.Singleton(build_channels, settings, http_client)

    verify: providers.Provider[VerifySubscription] = providers.Singleton(VerifySubscription, channels=channels)
    receive: providers.Provider[ReceiveWebhook] = providers.Singleton(
        ReceiveWebhook, channels=channels, mailbox=mailbox, feed=feed, clock=clock
    )
    admit: providers.Provider[AdmitMessages] = providers.Singleton(AdmitMessages, rates=rates)
    compose: providers.Provider[ComposeReply] = providers.Singleton(
        ComposeReply, admit=admit, agent=measured_agent, clock=clock
    )
    deliver: providers.Provider[DeliverReply] = providers.Singleton(DeliverReply, retries=retries)
    answer: providers.Provider[AnswerConversation] = providers.Singleton(
        AnswerConversation,
        channels=channels,
        mailbox=mailbox,
        compose=compose,
        deliver=deliver,
        retries=retries,
        feed=feed,
        clock=clock,
    )

    services: providers.Provider[Services] = providers.Singleton(
        Services,
        receive=receive,
        verify=verify,
        feed=feed,
        agents=agent,
        dead_letters=dead_letters,
        store_ping=probe.provided.ping,
        metrics=metrics,
        trouble=trouble,
        stopping=stopping,
        admin_token=providers.Callable(_admin_token, settings),
        admin_open=admin_open,
    )
    worker: providers.Provider[Worker] = providers.Singleton(
        Worker,
        name=providers.Callable(_worker_name),
        mailbox=mailbox,
        answer=answer,
        metrics=metrics,
        trouble=trouble,
        concurrency=worker_settings.concurrency,
        grace_seconds=worker_settings.grace_seconds,
    )
