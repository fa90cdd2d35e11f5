"""The container that commands work with."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.store import opened_store
from entrypoints.observability.logging import configure_logging


@contextlib.asynccontextmanager
async def opened_container(config_dir: Path) -> AsyncIterator[Container]:
    """A container of this configuration, with its store open. It logs warnings only.

    Raises:
        ConfigurationError: the configuration cannot be used.
        StoreUnavailableError: the store cannot be reached.
    """
    settings = load_settings(config_dir=config_dir, environ=os.environ)
    configure_logging("warning")
    container = Container(settings=settings)
    async with opened_store(container):
        yield container


@contextlib.asynccontextmanager
async def opened_container_with_clients(config_dir: Path) -> AsyncIterator[Container]:
    """The same for commands that also ask agents and channels: their HTTP clients are closed in the end."""
    async with opened_container(config_dir) as container, contextlib.AsyncExitStack() as stack:
        for client in (container.http_client(), *container.agents_clients()):
            stack.push_async_callback(client.aclose)
        yield container
