"""What all tests share."""

import gc
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest
import structlog
from hypothesis import settings

from adapters.redis.keys import Keys
from support.store import embedded_store

# Single examples have no time limit, since the machine may be busy; each test has one. On a desk, every run gets new
# examples. In CI, every run gets the same ones, so that only the change itself can make a test fail.
settings.register_profile("trunkline", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("trunkline")

# Python looks for garbage after so many new objects. By default it does after 700, which is a tenth of the tests' time.
gc.set_threshold(20_000)

# Fixtures that start a process, or an agent runtime.
SERVERS = frozenset({"valkey_url", "store_url", "cluster_url", "model", "agents_url"})
USUAL_SECONDS = 120.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a server, which `make check` leaves out. Those that may take minutes come first.

    So they run in one process, one after the other, and the others are not done long before them.
    """
    for item in items:
        if isinstance(item, pytest.Function) and not SERVERS.isdisjoint(item.fixturenames):
            item.add_marker("server")
    items.sort(key=_allowed_seconds, reverse=True)


def _allowed_seconds(item: pytest.Item) -> float:
    """What the test itself allows, if that is more than usual."""
    marker = item.get_closest_marker("timeout")
    return max(USUAL_SECONDS, marker.args[0]) if marker else USUAL_SECONDS


def pytest_collection() -> None:
    """Collect tests without garbage collection, which would take a quarter of the time and find nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep the collected tests out of garbage collection: it would look at all of them again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every asynchronous test and fixture runs on asyncio, as the service does."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All HTTP clients trust a single authority, also in child processes: to load all takes 25 ms for each client."""
    first, end, _ = Path(certifi.where()).read_text(encoding="ascii").partition("-----END CERTIFICATE-----")
    authorities = tmp_path_factory.mktemp("tls") / "authorities.pem"
    authorities.write_text(first + end)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SSL_CERT_FILE", str(authorities))
        patched.setattr(certifi, "where", lambda: str(authorities))
        yield


@pytest.fixture(scope="session", autouse=True)
def frozen_stays_frozen() -> Iterator[None]:
    """A service that ends in this process would let garbage collection look at all collected tests again."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gc, "unfreeze", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def loggers_follow_the_configuration() -> Iterator[None]:
    """No logger is cached: it would keep the configuration of the first test that used it.

    Where nothing is configured, tracebacks are plain: to draw all local variables takes seconds.
    """
    configure = structlog.configure
    structlog.get_config()["processors"][-1].exception_formatter = structlog.dev.plain_traceback

    def configure_uncached(**options: Any) -> None:
        configure(**{**options, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(structlog, "configure", configure_uncached)
        yield


@pytest.fixture(scope="session")
async def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The embedded Valkey, started once per test process."""
    async with embedded_store(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def keys() -> Keys:
    """Key names of this test alone, since the store is shared."""
    return Keys(prefix=f"test-{uuid.uuid4().hex}")
