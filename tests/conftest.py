"""What every test shares."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every asynchronous test and fixture runs on asyncio, as the service does."""
    return "asyncio"
