"""The store of a container: opened for one command, or kept running as long as the service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError
from adapters.redis.store_format import OTHER_FORMAT
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
async def opened_store(container: Container, *, any_format: bool = False) -> AsyncIterator[None]:
    """Open the store for a command that only looks into it or changes one thing.

    An embedded store is started where none runs, and stopped at the end where nobody else uses it.

    Raises:
        StoreUnavailableError: the embedded store does not start, or the store has data of another format, and not
            `any_format` will do.
    """
    embedded = container.embedded_store() if _is_embedded(container) else None
    if embedded:
        try:
            await embedded.start()
        except EmbeddedStoreError as error:
            raise StoreUnavailableError(str(error)) from error
    try:
        if not any_format and (defects := await _other_format(container)):
            raise StoreUnavailableError(str(defects[0]))
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
        log, known = StoreDefectLog(), await _known_defects(container)
        if fatal := [defect for defect in log.record(known or ()) if defect.loses_messages]:
            raise UnsafeStoreError(fatal)
        await stack.enter_async_context(running(_inspect_again(container, log, answers=known is not None)))
        yield


async def _known_defects(container: Container) -> tuple[StoreDefect, ...] | None:
    """The defects of a store, after it got our format if it had none; None while it does not answer."""
    try:
        with contextlib.suppress(UnsafeStoreError):  # the inspection finds that too
            await container.store_format().establish()
        return await container.inspection().defects()
    except StoreLoginError:
        raise
    except StoreUnavailableError:
        return None


async def _inspect_again(container: Container, log: StoreDefectLog, *, answers: bool) -> None:
    """Log what an operator changed about a store in use, or what a store shows that was away at the start.

    A process does not go on with a store whose data it would read and write wrongly.
    """
    while True:
        await asyncio.sleep(INSPECT_SECONDS if answers else CHECK_SECONDS)
        with contextlib.suppress(StoreUnavailableError):
            if (found := await _known_defects(container)) is not None:
                answers = True
                if any(defect.name == OTHER_FORMAT for defect in log.record(found)):
                    container.stopping().set()


async def _other_format(container: Container) -> tuple[StoreDefect, ...]:
    """Nothing for a store that cannot be asked: the command itself says so."""
    try:
        return await container.store_format().defects()
    except StoreUnavailableError:
        return ()


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
