"""Astromesh over HTTP keeps the contract, against a real server in a process of its own."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from adapters.astromesh.http import AstromeshHttpAgent
from contracts.astromesh_contract import SCRIPT, AstromeshContract, write_contract_agents
from entrypoints.bootstrap.http_client import make_http_client
from support.astromesh import running_astromesh
from support.model_server import ScriptedModel, running_model


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model(SCRIPT) as model:
        yield model


@pytest.fixture(scope="module")
def server(model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    work_dir = tmp_path_factory.mktemp("astromesh")
    config_dir = write_contract_agents(work_dir / "config")
    with running_astromesh(config_dir, work_dir=work_dir, model_url=model.url) as url:
        yield url


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_http_client() as client:
        yield client


class TestAstromeshHttpAgent(AstromeshContract):
    @pytest.fixture
    def agent(self, server: str, client: httpx.AsyncClient) -> AstromeshHttpAgent:
        return AstromeshHttpAgent(client=client, url=server)

    @pytest.fixture
    def impatient(self, server: str, client: httpx.AsyncClient) -> AstromeshHttpAgent:
        return AstromeshHttpAgent(client=client, url=server, timeout_seconds=0.2)
