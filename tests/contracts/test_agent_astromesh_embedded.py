"""Astromesh in process keeps the contract."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.astromesh.agent_files import prepare_agents
from adapters.astromesh.embedded import EmbeddedAstromesh
from contracts.astromesh_contract import SCRIPT, AstromeshContract, write_contract_agents
from support.model_server import ScriptedModel, running_model


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model(SCRIPT) as model:
        yield model


@pytest.fixture
def config_dir(model: ScriptedModel, tmp_path: Path) -> Path:
    written = write_contract_agents(tmp_path / "config")
    prepare_agents(config_dir=written, target=tmp_path / "effective", model_url=model.url)
    return tmp_path / "effective"


class TestEmbeddedAstromesh(AstromeshContract):
    @pytest.fixture
    async def agent(self, config_dir: Path) -> AsyncIterator[EmbeddedAstromesh]:
        agent = EmbeddedAstromesh(config_dir=config_dir)
        await agent.start()
        yield agent
        await agent.close()

    @pytest.fixture
    async def impatient(self, config_dir: Path) -> AsyncIterator[EmbeddedAstromesh]:
        agent = EmbeddedAstromesh(config_dir=config_dir, timeout_seconds=0.2)
        await agent.start()
        yield agent
        await agent.close()
