"""A scripted model and a real store for the agents of these tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from support.model_server import ScriptedModel, running_model
from support.store import embedded_store


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with running_model() as model:
        yield model


@pytest.fixture
async def store_url(tmp_path: Path) -> AsyncIterator[str]:
    async with embedded_store(tmp_path / "store") as url:
        yield url
