"""What every test shares."""

import os
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from adapters.redis.keys import Keys
from support.store import embedded_store

# On a busy machine an example may take as long as it takes; each test has its own time-out. Whoever works on it gets
# new examples each time, a change that is to land gets the same ones as the change before.
settings.register_profile("trunkline", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("trunkline")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every asynchronous test and fixture runs on asyncio, as the service does."""
    return "asyncio"


@pytest.fixture(scope="session")
async def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The embedded Valkey, started once per test process."""
    async with embedded_store(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def keys() -> Keys:
    """A name space of the test's own in a store that is shared."""
    return Keys(prefix=f"test-{uuid.uuid4().hex}")
