"""A Graph API that refuses what Meta refuses, instead of the scripted one."""

from collections.abc import AsyncIterator

import httpx
import pytest

from support.strict_graph import StrictGraph, strict_graph


@pytest.fixture
async def graph() -> AsyncIterator[StrictGraph]:
    async with strict_graph() as server:
        yield server


@pytest.fixture
async def client(graph: StrictGraph) -> AsyncIterator[httpx.AsyncClient]:
    """Closes its connections before the server waits for them."""
    async with httpx.AsyncClient() as client:
        yield client
