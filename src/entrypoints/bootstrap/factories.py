"""Make single parts from the settings: which adapter, at which address, with which secret."""

import os
import secrets
import socket
from collections.abc import Awaitable, Callable

import httpx

from adapters.no_op_tracer import NoOpTracer
from adapters.openai.transcriber import OpenAITranscriber
from adapters.redis.address import StoreAddress, StoreAddressError, Topology
from adapters.redis.connection import StoreConnections
from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError, default_memory
from adapters.redis.keys import Keys
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.transcripts import RedisTranscripts
from application.answering.byte_budget import MEGABYTE, ByteBudget
from application.answering.tool_access import ToolAccess
from application.ports.clock import Clock
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.ports.transcriber import TranscriberPort
from application.signed_tokens import TokenSigner
from domain.policies.proposals import ProposalPolicy
from domain.policies.redelivery import Redelivery
from entrypoints.bootstrap.use_cases import UseCases
from entrypoints.http.server.byte_limit import ByteLimit
from entrypoints.observability.tracing import refuse_unusable, tracing_is_on
from entrypoints.settings import ConfigurationError, Settings
from entrypoints.settings.reloading import Reloaded
from entrypoints.settings.validators import EMBEDDED_STORE
from entrypoints.worker.repeated_work import RepeatedWork

CLUSTER_PARTITIONS = 16
# How often a worker looks for decided proposals, for those that nobody decided in time, and for old dead letters.
FOLLOW_UP_SECONDS = 2.0
EXPIRE_SECONDS = 60.0
OLD_LETTERS_SECONDS = 600.0


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


def make_tracer() -> Tracer:
    """The tracer that the environment asks for, by OpenTelemetry's own variables.

    Raises:
        ConfigurationError: the variables cannot be followed.
    """
    if not tracing_is_on(os.environ):
        return NoOpTracer()
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


def proposal_policy(settings: Settings) -> ProposalPolicy:
    proposals = settings.service.proposals
    return ProposalPolicy(
        expire_seconds=proposals.expire_seconds,
        max_open=proposals.max_open,
        notifies_people=proposals.tell_people,
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
