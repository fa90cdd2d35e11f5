"""Make single parts from the settings: which adapter, at which address, with which secret."""

import asyncio
import os
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx

from adapters.astromesh.http import AstromeshHttpAgent
from adapters.openai.transcriber import OpenAITranscriber
from adapters.redis.address import StoreAddress, StoreAddressError, Topology
from adapters.redis.connection import StoreConnections
from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError, default_memory
from adapters.redis.keys import Keys
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.transcripts import RedisTranscripts
from adapters.system_clock import SystemClock
from adapters.untraced import Untraced
from adapters.webhooks.agent import WebhookAgent
from adapters.webhooks.sender import SignedWebhookSender
from application.answering.agent_runtimes import AgentRuntimes, split_name
from application.answering.breaking_agent import BreakingAgent
from application.answering.byte_budget import MEGABYTE, ByteBudget
from application.answering.limited_agent import LimitedAgent
from application.answering.tool_access import ToolAccess
from application.forwarding.forward_events import ForwardEvents
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentPort
from application.ports.clock import Clock
from application.ports.event_outbox import EventOutbox
from application.ports.measurements import Measurements
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.ports.transcriber import TranscriberPort
from application.ports.webhook_sender import WebhookSender
from application.signed_tokens import TokenSigner
from domain.policies.proposals import ProposalPolicy
from domain.policies.redelivery import Redelivery
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.bootstrap.use_cases import UseCases
from entrypoints.http.server.byte_limit import ByteLimit
from entrypoints.observability.measured_agent import MeasuredAgent
from entrypoints.observability.tracing import refuse_unusable, tracing_is_on
from entrypoints.observability.turn_metrics import TurnMetrics
from entrypoints.settings import AgentsSettings, ConfigurationError, Problem, Settings
from entrypoints.settings.reloading import Reloaded
from entrypoints.settings.validators import EMBEDDED_STORE
from entrypoints.settings.webhooks import SignedAddressSettings
from entrypoints.worker.paced_agent import PacedAgent
from entrypoints.worker.repeated_work import RepeatedWork

CLUSTER_PARTITIONS = 16
# How often a worker looks for decided proposals, for those that nobody decided in time, and for old dead letters.
FOLLOW_UP_SECONDS = 2.0
EXPIRE_SECONDS = 60.0
OLD_LETTERS_SECONDS = 600.0
FEED_LENGTH = 10_000


def make_embedded_store(settings: Settings) -> EmbeddedStore:
    megabytes = settings.service.store_memory_mb
    max_memory = default_memory() if megabytes is None else megabytes * MEGABYTE
    return EmbeddedStore(directory=settings.service.data_dir / "store", max_memory=max_memory)


def rewriter(settings: Settings, embedded: EmbeddedStore) -> Callable[[], Awaitable[None]] | None:
    """What writes the files of the store anew; None where the store is not ours alone."""
    if settings.service.store != EMBEDDED_STORE:
        return None

    async def rewrite() -> None:
        try:
            await embedded.rewrite_files()
        except EmbeddedStoreError as error:
            raise StoreUnavailableError(str(error)) from error

    return rewrite


def store_url(settings: Settings, embedded: EmbeddedStore) -> str:
    """The address of the store.

    Raises:
        ConfigurationError: it cannot be used.
    """
    url = embedded.url if settings.service.store == EMBEDDED_STORE else settings.service.store
    try:
        StoreAddress.parse(url)
    except StoreAddressError as error:
        raise ConfigurationError.of(str(error), fix="correct store in service.yaml, or TRUNKLINE_STORE") from error
    return url


def partitions(store_url: str) -> int:
    """One partition on a single server, several on a cluster. An installation cannot change the number later."""
    return CLUSTER_PARTITIONS if StoreAddress.parse(store_url).topology is Topology.CLUSTER else 1


def memory_url(store_url: str) -> str | None:
    """The address of the agents' memory; None where Astromesh has no client: for a cluster, and behind sentinels."""
    return store_url if StoreAddress.parse(store_url).topology is Topology.SINGLE else None


def make_agents_clients(settings: Settings, client: httpx.AsyncClient) -> tuple[httpx.AsyncClient, ...]:
    """The client for each agent runtime: `client`, or one of its own where it needs certificates of its own.

    Raises:
        ConfigurationError: a file cannot be used.
    """
    return tuple(_agents_client(agents, client) for agents in settings.service.agents)


def _agents_client(agents: AgentsSettings, client: httpx.AsyncClient) -> httpx.AsyncClient:
    public_only = agents.webhook is not None and not agents.allow_private
    if not (agents.ca_file or agents.client_certificate or public_only):
        return client
    try:
        certificates = (
            ssl.create_default_context(cafile=agents.ca_file) if agents.ca_file else httpx.create_ssl_context()
        )
        if agents.client_certificate:
            certificates.load_cert_chain(agents.client_certificate, agents.client_key)
    except OSError as error:  # also those of the ssl module; their texts name no file, and hold nothing of it
        problem = f"certificates cannot be used ({error.strerror or type(error).__name__})"
        fix = "correct ca_file, client_certificate and client_key: files in PEM that this process can read"
        raise ConfigurationError(
            [Problem(where="service.yaml", key=agents_key(agents), message=problem, fix=fix)]
        ) from error
    return make_http_client(certificates, public_only=public_only)


def agents_key(agents: AgentsSettings) -> str:
    """Where service.yaml has these agents: "agents", or "agents.sales" for one of several."""
    return f"agents.{agents.name}" if agents.name else "agents"


def make_first_agent(
    settings: Settings, clients: Sequence[httpx.AsyncClient], agents_dir: Path, tracer: Tracer
) -> AgentPort:
    """The runtime of the agents that are named without one."""
    return _make_agent(settings, settings.service.agents[0], clients[0], agents_dir, tracer)


def make_runtimes(
    settings: Settings, first: AgentPort, clients: Sequence[httpx.AsyncClient], agents_dir: Path, tracer: Tracer
) -> AgentRuntimes:
    """All runtimes, of which the first exists already. What is in this process is one."""
    first_settings, *others = settings.service.agents
    runtimes = {first_settings.name: first}
    for agents, client in zip(others, clients[1:], strict=True):
        is_same = agents.embedded and first_settings.embedded
        runtimes[agents.name] = first if is_same else _make_agent(settings, agents, client, agents_dir, tracer)
    return AgentRuntimes(runtimes)


def make_measured_runtimes(
    settings: Settings, runtimes: AgentRuntimes, metrics: TurnMetrics, tracer: Tracer
) -> AgentRuntimes:
    """The same runtimes, each within its limit, measured under its name, with paced answers and a breaker."""
    measured: dict[str, AgentPort] = {}
    step = asyncio.Lock()
    for agents, (name, runtime) in zip(settings.service.agents, runtimes, strict=True):
        measured_agent = MeasuredAgent(agent=runtime, metrics=metrics, tracer=tracer, runtime=name)
        measured[name] = PacedAgent(agent=measured_agent, step=step)
        if agents.max_runs is not None:
            measured[name] = LimitedAgent(agent=measured[name], max_runs=agents.max_runs)
        measured[name] = BreakingAgent(agent=measured[name])
    return AgentRuntimes(measured)


def _make_agent(
    settings: Settings, agents: AgentsSettings, client: httpx.AsyncClient, agents_dir: Path, tracer: Tracer
) -> AgentPort:
    named = [("X-API-Key", agents.api_key)] if agents.api_key else []
    headers = {name: secret.reveal() for name, secret in (*named, *agents.headers)}
    if agents.webhook is not None:
        return WebhookAgent(
            client=client,
            clock=SystemClock(),
            url=agents.webhook,
            secrets=[secret.reveal() for secret in agents.secret],
            names=_agents_at(settings, agents),
            headers=headers,
            timeout_seconds=agents.timeout_seconds,
            trace_headers=tracer.headers,
        )
    if agents.url is None:
        # Only where agents run in this process: it imports Astromesh.
        from adapters.astromesh.embedded import EmbeddedAstromesh  # noqa: PLC0415

        return EmbeddedAstromesh(
            config_dir=agents_dir,
            timeout_seconds=agents.timeout_seconds,
            takes_proposals=settings.service.proposals.url is not None,
        )
    return AstromeshHttpAgent(
        client=client,
        url=agents.url,
        timeout_seconds=agents.timeout_seconds,
        headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        trace_headers=tracer.headers,
    )


def _agents_at(settings: Settings, agents: AgentsSettings) -> list[str]:
    """The agents that the channels name at this runtime."""
    names = [each.name for each in settings.service.agents]
    split = (split_name(agent, names) for channel in settings.channels for _, agent in channel.agents())
    return list(dict.fromkeys(agent for runtime, agent in split if runtime == agents.name))


def make_tracer() -> Tracer:
    """The tracer that the environment asks for, by OpenTelemetry's own variables.

    Raises:
        ConfigurationError: the variables cannot be followed.
    """
    if not tracing_is_on(os.environ):
        return Untraced()
    refuse_unusable(os.environ)
    # Only where it is on: it imports OpenTelemetry, which is an optional part.
    from entrypoints.observability.opentelemetry_tracer import OpenTelemetryTracer  # noqa: PLC0415

    return OpenTelemetryTracer.of_environment()


def make_message_log(settings: Settings, store: StoreConnections, keys: Keys) -> RedisMessageLog:
    """Statuses are kept for as long as the transcripts that show them."""
    service = settings.service
    days = service.transcripts.days if service.transcripts else 0
    return RedisMessageLog(
        store=store,
        keys=keys,
        keep_seconds=service.remember_seconds,
        keep_status_seconds=max(service.remember_seconds, days * 86_400),
    )


def make_transcripts(settings: Settings, store: StoreConnections, keys: Keys, log: RedisMessageLog) -> RedisTranscripts:
    kept = settings.service.transcripts
    messages, days = (kept.messages, kept.days) if kept else (0, 1)
    return RedisTranscripts(store=store, keys=keys, log=log, max_entries=messages, keep_days=days)


def feed_length(settings: Settings) -> int:
    """How many activities are kept: more where they are a queue for receivers."""
    service = settings.service
    return service.webhook_backlog if service.webhooks else FEED_LENGTH


def receivers(settings: Settings) -> tuple[str, ...]:
    return tuple(receiver.name for receiver in settings.service.webhooks)


def make_receivers_client(settings: Settings, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The client for receivers at public addresses: one of its own that connects to no others."""
    is_needed = any(receiver.is_public_only for receiver in settings.service.webhooks)
    return make_http_client(public_only=True) if is_needed else client


def make_forwarders(
    settings: Settings,
    *,
    outbox: EventOutbox,
    feed: ActivityFeed,
    clock: Clock,
    measurements: Measurements,
    client: httpx.AsyncClient,
    public_client: httpx.AsyncClient,
) -> tuple[ForwardEvents, ...]:
    """What sends events to the receivers. Each process has these, and one of them serves a receiver."""
    name = worker_name()
    return tuple(
        ForwardEvents(
            receiver=receiver.name,
            kinds=frozenset(receiver.kinds),
            worker=name,
            outbox=outbox,
            sender=sender,
            feed=feed,
            clock=clock,
            measurements=measurements,
        )
        for receiver in settings.service.webhooks
        if (sender := make_sender(receiver, public_client if receiver.is_public_only else client, clock))
    )


def make_file_budget(settings: Settings) -> ByteBudget:
    return ByteBudget(total=settings.service.worker.file_memory_mb * MEGABYTE)


def make_tool_access(settings: Settings, clock: Clock) -> ToolAccess | None:
    tools = settings.service.tools
    if tools is None:
        return None
    signer = TokenSigner(secrets=tuple(secret.reveal().encode() for secret in tools.secret))
    longest = max(agents.timeout_seconds for agents in settings.service.agents)
    return ToolAccess(
        signer=signer,
        clock=clock,
        run_seconds=longest if tools.send_messages else None,
        files_url=tools.files_url and tools.files_url.rstrip("/"),
        file_seconds=tools.file_seconds,
    )


def make_transcriber(settings: Settings, client: httpx.AsyncClient) -> TranscriberPort | None:
    transcriber = settings.service.transcriber
    if transcriber is None:
        return None
    return OpenAITranscriber(
        client=client,
        url=transcriber.url,
        model=transcriber.model,
        api_key=transcriber.api_key.reveal() if transcriber.api_key else None,
        timeout_seconds=transcriber.timeout_seconds,
    )


def make_proposals_client(settings: Settings, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The client for the receiver of proposals: one of its own where it may connect to public addresses only."""
    proposals = settings.service.proposals
    return make_http_client(public_only=True) if proposals.is_public_only else client


def make_proposal_receiver(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> WebhookSender | None:
    return make_sender(settings.service.proposals, client, clock)


def make_sender(address: SignedAddressSettings, client: httpx.AsyncClient, clock: Clock) -> WebhookSender | None:
    """What posts signed messages to this address; None where there is none."""
    if address.url is None:
        return None
    return SignedWebhookSender(
        client=client,
        clock=clock,
        url=address.url,
        secrets=[secret.reveal() for secret in address.secret],
        timeout_seconds=address.timeout_seconds,
    )


def proposal_policy(settings: Settings) -> ProposalPolicy:
    proposals = settings.service.proposals
    return ProposalPolicy(
        expire_seconds=proposals.expire_seconds,
        max_open=proposals.max_open,
        tells_people=proposals.tell_people,
        redelivery=Redelivery(give_up_seconds=proposals.give_up_seconds),
    )


def repeated_work(present: Callable[[], UseCases]) -> tuple[RepeatedWork, ...]:
    """What workers do beside turns, by the present configuration."""
    steps = {
        "decided proposals": (lambda: present().follow_up_decisions(), FOLLOW_UP_SECONDS),
        "expired proposals": (lambda: present().expire_proposals(), EXPIRE_SECONDS),
        "old dead letters": (lambda: present().expire_dead_letters(), OLD_LETTERS_SECONDS),
    }
    return tuple(RepeatedWork(name=name, step=step, pause_seconds=pause) for name, (step, pause) in steps.items())


def make_body_memory(settings: Settings) -> ByteLimit:
    return ByteLimit(settings.service.http.body_memory_mb * MEGABYTE)


def admin_token(settings: Settings) -> str | None:
    token = settings.service.admin_token
    return token.reveal() if token else None


def worker_name() -> str:
    return f"{socket.gethostname()}-{secrets.token_hex(4)}"


async def cannot_reload() -> Reloaded:
    """Where nobody knows how the settings came about."""
    raise ConfigurationError.of("the configuration of this process cannot be read again", fix="restart it")
