"""One `trunkline dev` for a whole module."""

from collections.abc import AsyncIterator

import pytest

from support.dev import Dev, newcomer, running_dev


@pytest.fixture(scope="module")
async def dev(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dev]:
    async with running_dev(newcomer(tmp_path_factory.mktemp("dev"))) as dev:
        yield dev
