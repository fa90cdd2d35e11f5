"""The store, for commands that only look into it or change one thing."""

import contextlib
from collections.abc import AsyncIterator

from entrypoints.bootstrap.container import Container
from entrypoints.settings.validators import EMBEDDED_STORE


@contextlib.asynccontextmanager
async def opened_store(container: Container) -> AsyncIterator[None]:
    """An embedded store is started where none runs, and ended where nobody else uses it."""
    embedded = container.settings().service.store == EMBEDDED_STORE
    if embedded:
        await container.embedded_store().start()
    try:
        yield
    finally:
        await container.store().aclose()
        if embedded:
            await container.embedded_store().stop(unless_used=True)
