"""The container in use, and how a new configuration takes its place while the service runs.

The rule: a reload builds a second container from the new settings. It shares the parts that live as long as the
process, and makes all others anew. Only when everything is built, the parts that run get it, without a pause in
between. A request or a turn under way keeps what it began with.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpx
import structlog

from application.ports.store import StoreUnavailableError
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.injector import providers
from entrypoints.bootstrap.start_checks import log_problems
from entrypoints.settings import ConfigurationError, Settings, refuse_exposed
from entrypoints.settings.reloading import Reloaded, without_restart

# The parts of the process: what others hold, what holds connections or memory, and all that is over the store.
LASTING = (
    *("stopping", "clock", "metrics", "tracer", "outages", "http_client", "channel_types"),
    *("file_budget", "opened_files"),
    *("embedded_store", "store_url", "keys", "store", "probe", "store_format", "inspection"),
    *("states", "message_log", "breaker_store", "mailbox", "backlog", "dead_letters", "feed", "directory", "intake"),
    *("outbox", "dead_events", "receivers_client", "forwarders"),
    *(
        "send_rate_limiter",
        "callers_keys",
        "shared_sessions",
        "poll_leases",
        "usage",
        "forgetting",
        "personal_data",
        "proposals",
        "transcripts",
        "operators",
        "manage_operators",
        "audit_log",
        "sessions",
    ),
)
# Agents in this process are started once.
LASTING_IN_PROCESS = ("agents_clients", "agent", "runtimes", "measured_runtimes")
# So long may turns under way still use the connections of the configuration that they began with.
RETIRE_SECONDS = 600.0
NOT_RELOADED = "the configuration is not reloaded; nothing changed"

logger = structlog.get_logger(__name__)

type Load = Callable[[], Settings]
type Use = Callable[[Container], None]


class Wiring:
    """`container` is the present one. `load` reads the settings; without it, they stay as they are.

    `spread` is called after a reload that somebody asked this process for: other processes must do the same.
    """

    def __init__(
        self, container: Container, *, load: Load | None = None, spread: Callable[[], None] | None = None
    ) -> None:
        self.container = container
        self._load = load or container.settings
        self._spread = spread
        self._uses: list[Use] = []
        self._reloading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        if load:
            container.reload.override(providers.Object(self.reload_all))

    def follow(self, use: Use) -> None:
        """Call `use` with the present container now, and with each later one."""
        use(self.container)
        self._uses.append(use)

    async def run_anew(self, work: Callable[[Container, asyncio.Event], Awaitable[None]]) -> None:
        """Run `work` with the present container until the service stops, and again after each reload.

        The event tells it to end.
        """
        stopping = self.container.stopping()
        while not stopping.is_set():
            container, ended = self.container, asyncio.Event()

            def end(_: Container, ended: asyncio.Event = ended) -> None:
                ended.set()

            self._uses.append(end)
            until_stopped = asyncio.create_task(_set_after(stopping, ended))
            try:
                await work(container, ended)
            finally:
                self._uses.remove(end)
                until_stopped.cancel()

    async def reload_all(self) -> Reloaded:
        """Reload in this process, and have the others do the same.

        Raises:
            ConfigurationError: with everything that is wrong. Nothing was changed, in no process.
        """
        reloaded = await self.reload()
        if self._spread:
            self._spread()
        return reloaded

    async def reload(self) -> Reloaded:
        """Read the configuration again, and use it for everything that begins from now on.

        Raises:
            ConfigurationError: with everything that is wrong. Nothing was changed.
        """
        async with self._reloading:
            try:
                settings, keys = await self._read()
                container = _built(self.container, settings)
            except ConfigurationError as error:
                logger.error(NOT_RELOADED, problems=[str(problem) for problem in error.problems])  # noqa: TRY400
                raise
            except Exception:
                logger.exception(NOT_RELOADED)
                raise
            replaced, self.container = self.container, container
            for use in tuple(self._uses):
                use(container)
        self._begin(log_problems(container))
        self._begin(_send_again(replaced, container))
        self._retire(replaced)
        channels = tuple(channel.name for channel in settings.channels)
        for warning in settings.warnings():
            logger.warning(warning)
        logger.info("the configuration is reloaded", channels=channels, needs_restart=keys)
        return Reloaded(channels=channels, needs_restart=keys, warnings=settings.warnings())

    async def _read(self) -> tuple[Settings, tuple[str, ...]]:
        # Files are read and parsed, which may take a while.
        settings, keys = without_restart(self.container.settings(), await asyncio.to_thread(self._load))
        refuse_exposed(settings)
        return settings, keys

    def request(self) -> None:
        """Reload soon. The log says what came of it."""

        async def reload() -> None:
            with contextlib.suppress(Exception):
                await self.reload()

        self._begin(reload())

    def _retire(self, replaced: Container) -> None:
        """Close the clients that only the replaced container has, when no turn uses them any more."""
        for client in _own_clients(replaced) - {self.container.http_client(), *_own_clients(self.container)}:
            self._begin(_close_later(client.aclose))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """End what goes on beside, and close the clients that came with a reload."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in _own_clients(self.container) - {self.container.http_client()}:
            await client.aclose()


def _own_clients(container: Container) -> set[httpx.AsyncClient]:
    """The clients that depend on the settings. They may be the common one."""
    return {*container.agents_clients(), container.proposals_client()}


def _built(old: Container, settings: Settings) -> Container:
    """A container with these settings and the lasting parts of the old one. All that a reload may break is built."""
    container = Container(settings=settings)
    # What a test or a command has put in the place of a part stays there.
    for name, provider in old.providers.items():
        if name != "settings":
            for replacement in provider.overridden:
                container.providers[name].override(replacement)
    embedded = any(agents.embedded for agents in settings.service.agents)
    for name in (*LASTING, *(LASTING_IN_PROCESS if embedded else ())):
        container.providers[name].override(providers.Object(old.providers[name]()))
    container.services()
    _ = container.use_cases().answer
    return container


async def _send_again(replaced: Container, present: Container) -> None:
    """Close the circuit breakers of the channels that were changed: what opened them is perhaps repaired."""
    before = {channel.name: channel for channel in replaced.settings().channels}
    with contextlib.suppress(StoreUnavailableError):
        for channel in present.settings().channels:
            if channel != before.get(channel.name):
                await present.use_cases().breaker.close(channel=channel.name)


async def _set_after(stopping: asyncio.Event, ended: asyncio.Event) -> None:
    await stopping.wait()
    ended.set()


async def _close_later(close: Callable[[], Awaitable[None]]) -> None:
    try:
        await asyncio.sleep(RETIRE_SECONDS)
    finally:
        await close()
