"""A real store of each kind for the contract suites, started once per test process."""

import uuid
from collections.abc import AsyncIterator

import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from support.store import embedded_store, redis_server


@pytest.fixture(scope="session")
async def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with embedded_store(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> object:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["valkey", "redis"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Each kind of server that the adapters promise to run on."""
    url: str | None = request.getfixturevalue(f"{request.param}_url")
    if url is None:
        pytest.skip("no Redis: set TRUNKLINE_TEST_REDIS, start Docker, or install redis-server")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(store_url)
    yield connections
    await connections.aclose()


@pytest.fixture
def keys() -> Keys:
    """A name space of the test's own."""
    return Keys(prefix=f"test-{uuid.uuid4().hex}")
