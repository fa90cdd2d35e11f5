"""A real store of each kind for the contract suites, started once per test process."""

from collections.abc import AsyncIterator

import pytest

from adapters.redis.connection import StoreConnections
from support.store import redis_server


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
