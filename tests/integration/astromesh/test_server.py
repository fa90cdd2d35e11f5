"""Astromesh as the containers run it: with a memory, without traces, and closed to everybody else."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from adapters.astromesh.http import AstromeshHttpAgent
from application.ports.agent import AgentRun
from support.astromesh import agent_file, served_agents, write_agents
from support.model_server import ScriptedModel, running_model
from support.store import embedded_store

MEMORY = {"conversational": {"backend": "redis", "strategy": "sliding_window", "max_turns": 4}}


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model() as model:
        yield model


@pytest.fixture(scope="module")
async def url(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> AsyncIterator[str]:
    directory = tmp_path_factory.mktemp("server")
    primary = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url, "api_key": "none-needed"}
    agent = agent_file("assistant", memory=MEMORY, model={"primary": primary})
    config_dir = write_agents(directory / "config", agent)
    async with embedded_store(directory / "store") as store:
        variables = {"ASTROMESH_CONFIG_DIR": str(config_dir), "TRUNKLINE_STORE": store}
        with served_agents("--factory", "adapters.astromesh.server:create_app", work_dir=directory, **variables) as url:
            yield url


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as client:
        yield client


async def test_its_agents_remember(url: str, client: httpx.AsyncClient, model: ScriptedModel) -> None:
    """Their files name no memory. The model gets the earlier messages."""
    agent = AstromeshHttpAgent(client=client, url=url)

    for query in ("My name is Ana.", "What is my name?"):
        await agent.run(AgentRun(agent="assistant", query=query, session_id="15550001"))

    said = [message["content"] for message in model.requests[-1]["messages"]]
    assert said[-3:] == ["My name is Ana.", "You said: My name is Ana.", "What is my name?"]


async def test_it_forgets_a_session(url: str, client: httpx.AsyncClient, model: ScriptedModel) -> None:
    """Whatever characters its id has."""
    agent, session = AstromeshHttpAgent(client=client, url=url), "whatsapp:15550001~new1"

    await agent.run(AgentRun(agent="assistant", query="My name is Ana.", session_id=session))
    await agent.forget(agent="assistant", session_id=session)
    await agent.run(AgentRun(agent="assistant", query="What is my name?", session_id=session))

    assert [message["content"] for message in model.requests[-1]["messages"]][1:] == ["What is my name?"]


async def test_it_lists_its_agents(url: str, client: httpx.AsyncClient) -> None:
    """The readiness of Trunkline depends on it."""
    assert await AstromeshHttpAgent(client=client, url=url).agents() == ("assistant",)
    assert (await client.get("/v1/health")).status_code == 200


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /v1/traces/",
        "GET /v1/metrics/",
        "POST /v1/agents",
        "DELETE /v1/agents/assistant",
        "GET /docs",
        "GET /forge/",
    ],
)
async def test_it_answers_nothing_else(client: httpx.AsyncClient, request_line: str) -> None:
    """Astromesh has no authentication of its own, and shows what people wrote."""
    method, path = request_line.split()

    assert (await client.request(method, path)).status_code == 404


async def test_pages_of_other_origins_read_nothing(client: httpx.AsyncClient) -> None:
    """A browser asks with these headers."""
    origin = {"Origin": "https://elsewhere.example"}

    answer = await client.get("/v1/agents", headers=origin)
    preflight = await client.options("/v1/agents", headers=origin | {"Access-Control-Request-Method": "GET"})

    assert "access-control-allow-origin" not in answer.headers
    assert preflight.status_code == 404
