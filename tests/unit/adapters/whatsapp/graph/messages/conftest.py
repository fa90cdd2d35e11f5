"""A Graph API that refuses what Meta refuses, instead of the scripted one."""

from collections.abc import AsyncIterator

import httpx
import pytest

from entrypoints.bootstrap.http_client import make_http_client
from support.strict_graph import StrictGraph, strict_graph


@pytest.fixture
async def graph() -> AsyncIterator[StrictGraph]:
    async with strict_graph() as server:
        yield server


@pytest.fixture
async def client(graph: StrictGraph) -> AsyncIterator[httpx.AsyncClient]:
    """Closes its connections before the server waits for them."""
    async with make_http_client() as client:
        yield client
