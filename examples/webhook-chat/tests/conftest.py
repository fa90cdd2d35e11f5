"""What the tests share."""

import pytest

pytest.register_assert_rewrite("adapters.channel_kit.contracts")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
