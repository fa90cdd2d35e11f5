"""Agents on an Astromesh server, and in this process: each test runs on both.

A test module has the fixtures `model` and `config_dir` (of the module), and imports these.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from adapters.astromesh.http import AstromeshHttpAgent
from application.ports.agent import AgentPort
from support.astromesh import embedded_astromesh, running_astromesh
from support.model_server import ScriptedModel


@pytest.fixture(scope="module")
def server(model: ScriptedModel, config_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    work_dir = tmp_path_factory.mktemp("astromesh")
    with running_astromesh(config_dir, work_dir=work_dir, model_url=model.url) as url:
        yield url


@pytest.fixture(params=["http", "embedded"])
async def runtime(
    request: pytest.FixtureRequest, model: ScriptedModel, config_dir: Path, tmp_path: Path
) -> AsyncIterator[AgentPort]:
    if request.param == "http":
        async with httpx.AsyncClient() as client:
            yield AstromeshHttpAgent(client=client, url=request.getfixturevalue("server"))
    else:
        async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url) as embedded:
            yield embedded
