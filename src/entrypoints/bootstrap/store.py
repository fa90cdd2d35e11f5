"""The store of a container: opened for one command, or kept running as long as the service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError
from adapters.redis.inspection import StoreInspection
from application.ports.store import StoreDefect, StoreLoginError, StoreUnavailableError, UnsafeStoreError
from entrypoints.bootstrap.background import running
from entrypoints.bootstrap.container import Container
from entrypoints.observability.store_defect_log import StoreDefectLog
from entrypoints.observability.store_memory import StoreMemory
from entrypoints.settings.validators import EMBEDDED_STORE

CHECK_SECONDS = 1.0
CLOSE_SECONDS = 1.0
INSPECT_SECONDS = 30.0

logger = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def opened_store(container: Container) -> AsyncIterator[None]:
    """Open the store for a command that only looks into it or changes one thing.

    An embedded store is started where none runs, and stopped at the end where nobody else uses it.

    Raises:
        StoreUnavailableError: the embedded store does not start.
    """
    embedded = container.embedded_store() if _is_embedded(container) else None
    if embedded:
        try:
            await embedded.start()
        except EmbeddedStoreError as error:
            raise StoreUnavailableError(str(error)) from error
    try:
        yield
    finally:
        await container.store().aclose()
        if embedded:
            await embedded.stop(unless_used=True)


@contextlib.asynccontextmanager
async def running_store(container: Container) -> AsyncIterator[None]:
    """Keep the store usable as long as the service runs: an embedded one is started again when it dies.

    A store that does not answer yet may come later. One that would lose messages is refused.

    Raises:
        EmbeddedStoreError: the embedded store does not start.
        StoreLoginError: the store refuses the user or the password.
        UnsafeStoreError: the store would lose messages.
    """
    async with contextlib.AsyncExitStack() as stack:
        if _is_embedded(container):
            await stack.enter_async_context(_kept_alive(container.embedded_store()))
        stack.push_async_callback(_close_in_time, container.store().aclose)
        inspection, log = container.inspection(), StoreDefectLog()
        if fatal := [defect for defect in log.record(await _known_defects(inspection)) if defect.loses_messages]:
            raise UnsafeStoreError(fatal)
        await stack.enter_async_context(running(_inspect_again(inspection, log)))
        yield


async def _known_defects(inspection: StoreInspection) -> tuple[StoreDefect, ...]:
    """The defects of a store; none while it does not answer."""
    try:
        return await inspection.defects()
    except StoreLoginError:
        raise
    except StoreUnavailableError:
        return ()


async def _inspect_again(inspection: StoreInspection, log: StoreDefectLog) -> None:
    """Log what an operator changed about a store in use, or what a store shows that was away at the start."""
    while True:
        await asyncio.sleep(INSPECT_SECONDS)
        with contextlib.suppress(StoreUnavailableError):
            log.record(await inspection.defects())


def _is_embedded(container: Container) -> bool:
    return container.settings().service.store == EMBEDDED_STORE


async def _close_in_time(close: Callable[[], Awaitable[None]]) -> None:
    """Close, but do not wait long for a store that does not answer: what is still unwritten may be lost safely."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await close()


@contextlib.asynccontextmanager
async def _kept_alive(store: EmbeddedStore) -> AsyncIterator[None]:
    await store.start()
    try:
        async with running(_restart_when_dead(store)):
            yield
    finally:
        await store.stop(unless_used=True)


async def _restart_when_dead(store: EmbeddedStore) -> None:
    memory = StoreMemory()
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        try:
            await store.start()  # does nothing while it runs
            memory.used(await store.fullness())
        except EmbeddedStoreError as error:
            logger.error("embedded store is down", error=str(error))  # noqa: TRY400  (the message says where to look)
