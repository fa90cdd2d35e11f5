"""Run the service: web, worker or both, until it is asked to stop."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Coroutine
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
from litestar.types import ASGIApp

from adapters.redis.address import StoreAddress
from entrypoints.bootstrap.agents import prepared_agents, running_agents
from entrypoints.bootstrap.background import running
from entrypoints.bootstrap.cleared_memory import clear_memory
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.factories import repeated_work
from entrypoints.bootstrap.file_descriptors import descriptor_limit, raise_descriptor_limit
from entrypoints.bootstrap.process_memory import rare_garbage_collection, return_large_blocks, trimmed_memory
from entrypoints.bootstrap.signals import on_signal, stopped_by_signals, supervised_by_parent, tell_supervisor
from entrypoints.bootstrap.start_checks import log_problems
from entrypoints.bootstrap.store import running_store
from entrypoints.bootstrap.use_cases import UseCases
from entrypoints.bootstrap.wiring import Load, Wiring
from entrypoints.http.app import create_app, create_probes
from entrypoints.http.server.loopback import loopback_only
from entrypoints.http.server.serving import MAX_CONNECTIONS, Ready, run_web
from entrypoints.settings import ConfigurationError, Problem, Settings, refuse_exposed
from entrypoints.settings.validators import EMBEDDED_STORE

# While a thread computes, the event loop waits this long for its turn after each system call. The default is 5 ms.
SWITCH_SECONDS = 0.0002

logger = structlog.get_logger(__name__)


class Role(StrEnum):
    """What one process does. Any number of each may run side by side on one store."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


async def serve(
    settings: Settings,
    *,
    load: Load,
    config_dir: Path,
    role: Role = Role.ALL,
    probes: bool = False,
    supervised: bool = False,
    listener: socket.socket | None = None,
    ready: Ready | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. With `probes` a worker listens as well, for probes and metrics alone.

    `load` reads the settings again, for each SIGHUP. A `supervised` process stops also when its standard input
    ends. `listener` replaces host and port.

    Raises:
        ConfigurationError: unsigned webhooks would be accepted from other machines, or only one role sees the store.
        AgentFileError: an agent that is to run in this process cannot be read.
        CannotServeError, EmbeddedStoreError, AgentFailedError: a part did not start.
    """
    refuse_exposed(settings)
    refuse_hidden_store(settings, role)
    for warning in settings.warnings():
        logger.warning(warning)
    container = Container(settings=settings)
    wiring = Wiring(container, load=load, spread=tell_supervisor if supervised else None)
    with contextlib.ExitStack() as stack:
        stack.enter_context(prepared_agents(container, config_dir=config_dir))
        stack.enter_context(stopped_by_signals(container.stopping()))
        stack.enter_context(on_signal(signal.SIGHUP, wiring.request))
        if supervised:
            stack.enter_context(supervised_by_parent(container.stopping(), reload=wiring.request))
        await run(wiring, role=role, probes=probes, listener=listener, ready=ready)


def refuse_hidden_store(settings: Settings, role: Role) -> None:
    """Refuse one role alone on an embedded store.

    Raises:
        ConfigurationError: the other role may not see the messages.
    """
    if role is not Role.ALL and settings.service.store == EMBEDDED_STORE:
        problem = f"is embedded, so nothing else than this {role.value} process is sure to see its messages"
        fix = "name a store that web and worker can reach, or serve without --role"
        raise ConfigurationError([Problem(where="service.yaml", key="store", message=problem, fix=fix)])


async def run(
    wiring: Wiring,
    *,
    role: Role = Role.ALL,
    probes: bool = False,
    listener: socket.socket | None = None,
    ready: Ready | None = None,
) -> None:
    """Run the parts of a container until its `stopping` is set. When one part fails, all stop."""
    return_large_blocks()
    sys.setswitchinterval(SWITCH_SECONDS)
    container = wiring.container
    stopping = container.stopping()
    raise_descriptor_limit()
    _announce(container, role)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(wiring.aclose)
        if not await _unless(stopping, stack.enter_async_context(_started(container))):
            return
        parts = []
        wiring.follow(_expect_channels)
        if (app := _web_application(wiring, role=role, probes=probes)) is not None:
            http = container.settings().service.http
            # The other half of the descriptors is for our own calls: to the store, to agents, to the channel.
            connections = min(MAX_CONNECTIONS, descriptor_limit() // 2)
            parts.append(
                run_web(
                    app,
                    host=http.host,
                    port=http.port,
                    stopping=stopping,
                    listener=listener,
                    ready=ready,
                    max_connections=connections,
                )
            )
        if role is not Role.WORKER:
            parts.append(wiring.run_anew(lambda present, ended: present.poller().run(stopping=ended)))
        if role is not Role.WEB:
            worker = container.worker()
            wiring.follow(lambda present: worker.use(present.use_cases().answer))
            parts.append(worker.run(stopping=stopping, beside_web=role is Role.ALL))

            def present() -> UseCases:
                return wiring.container.use_cases()

            parts += [work.run(stopping=stopping) for work in repeated_work(present)]
            parts += [forwarder.run(stopping=stopping) for forwarder in container.forwarders()]
            clearing = clear_memory(lambda: present().forget_sessions)
            await stack.enter_async_context(running(clearing))
        stack.enter_context(rare_garbage_collection())
        await stack.enter_async_context(trimmed_memory())
        ends = await asyncio.gather(*(_then_stop(part, stopping) for part in parts), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end


def _announce(container: Container, role: Role) -> None:
    """Say in the log what starts."""
    logger.info(
        "trunkline starts",
        version=version("trunkline"),
        role=role.value,
        store=str(StoreAddress.parse(container.store_url())),
        channels=[channel.name for channel in container.channels()],
    )


def _expect_channels(container: Container) -> None:
    for channel in container.channels():
        container.metrics().expect(channel=channel.name)


def _web_application(wiring: Wiring, *, role: Role, probes: bool) -> ASGIApp | None:
    """The application, which always has the services of the present container."""
    if role is Role.WORKER and not probes:
        return None
    app = (create_probes if role is Role.WORKER else create_app)(wiring.container.services())

    def use(container: Container) -> None:
        app.state.services = container.services()

    wiring.follow(use)
    return loopback_only(app) if wiring.container.admin_open() else app


async def _unless(stopping: asyncio.Event, starting: Coroutine[Any, Any, None]) -> bool:
    """Wait for `starting`, which may take minutes; cancel it when `stopping` is set first.

    Returns whether `starting` was completed. Raises what it raises.
    """
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


@contextlib.asynccontextmanager
async def _started(container: Container) -> AsyncIterator[None]:
    """Start what the parts need in this process, and close it after them; the clients are closed last."""
    tracer = container.tracer()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(tracer.close)
        await stack.enter_async_context(running_store(container))
        # Made before all else: their certificates may be wrong. Where the agents need none, both are one client.
        own = (container.proposals_client(), container.receivers_client())
        clients = (container.http_client(), *container.agents_clients(), *own)
        try:
            async with running_agents(container), running(log_problems(container)):
                yield
        finally:
            for client in clients:
                await client.aclose()
