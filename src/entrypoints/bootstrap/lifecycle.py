"""Run the service: web, worker or both, until told to stop."""

import asyncio
import contextlib
import gc
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from dependency_injector import providers
from litestar.types import ASGIApp

from adapters.astromesh.agent_files import prepare_agents
from adapters.astromesh.embedded import EmbeddedAstromesh
from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.descriptors import raise_descriptor_limit
from entrypoints.bootstrap.memory import give_back_large_blocks
from entrypoints.bootstrap.memory_trim import trimmed_memory
from entrypoints.http.app import create_app, create_probes
from entrypoints.http.server.loopback import loopback_only
from entrypoints.http.server.serving import Ready, run_web
from entrypoints.observability.store_memory import StoreMemory
from entrypoints.settings import Settings, refuse_exposed
from entrypoints.settings.validators import EMBEDDED_STORE

WATCH_SECONDS = 1.0
CLOSE_SECONDS = 1.0
SELDOM = (50_000, 20, 100)
# While a thread computes, the event loop waits so long for its turn after each call of the system; by default 5 ms.
SWITCH_SECONDS = 0.0002

logger = structlog.get_logger(__name__)


class Role(StrEnum):
    """What one process does; any number of each may run side by side on one store."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


async def serve(
    settings: Settings, *, config_dir: Path, role: Role = Role.ALL, probes: bool = False, ready: Ready | None = None
) -> None:
    """Serve until SIGTERM or SIGINT. `probes` lets a worker listen as well, for probes and metrics alone.

    Raises:
        ConfigurationError: unsigned webhooks would be taken from other machines.
        AgentFileError: an agent that is to run in this process cannot be read.
        CannotServeError, EmbeddedStoreError, AgentFailedError: a part did not start.
    """
    refuse_exposed(settings)
    for warning in settings.warnings():
        logger.warning(warning)
    container = Container(settings=settings)
    with agents_prepared(container, config_dir=config_dir), stopped_by_signals(container.stopping()):
        await run(container, role=role, probes=probes, ready=ready)


@contextlib.contextmanager
def agents_prepared(container: Container, *, config_dir: Path, model_url: str | None = None) -> Iterator[None]:
    """Where agents run in this process: their files, with the store as their memory, for as long as this is open.

    `model_url` is an OpenAI-compatible model to use in place of each agent's own.

    Raises:
        AgentFileError: a file is no agent.
    """
    if not container.settings().service.agents.embedded:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="trunkline-agents-") as directory:
        target = Path(directory)
        prepare_agents(config_dir=config_dir, target=target, memory_url=container.memory_url(), model_url=model_url)
        with container.agents_dir.override(providers.Object(target)):
            yield


async def run(container: Container, *, role: Role = Role.ALL, probes: bool = False, ready: Ready | None = None) -> None:
    """Run the parts of a container until its `stopping` is set; when one of them fails, all stop."""
    give_back_large_blocks()
    sys.setswitchinterval(SWITCH_SECONDS)
    stopping = container.stopping()
    raise_descriptor_limit()
    async with contextlib.AsyncExitStack() as stack:
        if not await _unless(stopping, stack.enter_async_context(_started(container))):
            return
        parts = []
        if (app := _web_application(container, role=role, probes=probes)) is not None:
            http = container.settings().service.http
            parts.append(run_web(app, host=http.host, port=http.port, stopping=stopping, ready=ready))
        if role is not Role.WEB:
            parts.append(container.worker().run(stopping=stopping))
        stack.enter_context(_garbage_collected_seldom())
        await stack.enter_async_context(trimmed_memory())
        ends = await asyncio.gather(*(_then_stop(part, stopping) for part in parts), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end


def _web_application(container: Container, *, role: Role, probes: bool) -> ASGIApp | None:
    if role is not Role.WORKER:
        app = create_app(container.services())
        return loopback_only(app) if container.admin_open() else app
    return create_probes(container.services()) if probes else None


@contextlib.contextmanager
def _garbage_collected_seldom() -> Iterator[None]:
    """Looking for garbage stops everything while it looks at all there is: with ten thousand turns, for 0.4 s.

    What was built by now lives as long as the service and is not looked at again; the rest is looked at less often.
    """
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _unless(stopping: asyncio.Event, starting: Coroutine[Any, Any, None]) -> bool:
    """Whether `starting` was done; it is cancelled when `stopping` is set first, for it may take minutes."""
    start, stopped = asyncio.create_task(starting), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({start, stopped}, return_when=asyncio.FIRST_COMPLETED)
        started = start.done()
    finally:
        stopped.cancel()
        start.cancel()
        await asyncio.wait({start, stopped})
    if started:
        start.result()
    return started


async def _then_stop(part: Awaitable[None], stopping: asyncio.Event) -> None:
    try:
        await part
    finally:
        stopping.set()


@contextlib.contextmanager
def stopped_by_signals(stopping: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set the event; what runs sees to a clean end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _started(container: Container) -> AsyncIterator[None]:
    """What lives within this process, started before it is needed and closed after; clients closed at the end."""
    async with contextlib.AsyncExitStack() as stack:
        if container.settings().service.store == EMBEDDED_STORE:
            await stack.enter_async_context(_kept_alive(container.embedded_store()))
        stack.push_async_callback(container.http_client().aclose)
        stack.push_async_callback(_in_time, container.store().aclose)
        agent = container.agent()
        if isinstance(agent, EmbeddedAstromesh):
            stack.push_async_callback(agent.close)
            await agent.start()
        yield


async def _in_time(close: Callable[[], Awaitable[None]]) -> None:
    """What still waits to be written, to a store that does not answer, is nothing that must not be lost."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await close()


@contextlib.asynccontextmanager
async def _kept_alive(store: EmbeddedStore) -> AsyncIterator[None]:
    """The embedded store, started again should it die; ended with its last user."""
    await store.start()
    watching = asyncio.create_task(_watch(store))
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await store.stop(unless_used=True)


async def _watch(store: EmbeddedStore) -> None:
    memory = StoreMemory()
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await store.start()
            memory.used(await store.fullness())
        except EmbeddedStoreError as error:
            logger.error("embedded store is down", error=str(error))  # noqa: TRY400  (the message says where to look)
