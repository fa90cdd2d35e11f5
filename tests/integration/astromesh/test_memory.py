"""Agents that remember: Astromesh's conversational memory in our store, over a unix socket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from adapters.astromesh.http import AstromeshHttpAgent
from application.ports.agent import AgentFailedError, AgentPort, AgentRun
from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure
from support.astromesh import agent_file, embedded_astromesh, running_astromesh, write_agents
from support.model_server import ScriptedModel

MEMORY = {"conversational": {"backend": "redis", "strategy": "sliding_window", "max_turns": 4}}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return write_agents(tmp_path / "config", agent_file("assistant", memory=MEMORY))


@pytest.fixture(params=["over HTTP", "in process"])
async def agent(
    request: pytest.FixtureRequest, config_dir: Path, tmp_path: Path, model: ScriptedModel, store_url: str
) -> AsyncIterator[AgentPort]:
    if request.param == "over HTTP":
        with running_astromesh(config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url) as url:
            async with httpx.AsyncClient() as client:
                yield AstromeshHttpAgent(client=client, url=url)
    else:
        async with embedded_astromesh(
            config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url
        ) as embedded:
            yield embedded


async def ask(agent: AgentPort, query: str, *, session: str = "15550001") -> str:
    return (await agent.run(AgentRun(agent="assistant", query=query, session_id=session))).text


def dialogue(messages: list[dict[str, str]]) -> list[str]:
    return [message["content"] for message in messages if message["role"] != "system"]


async def test_the_second_turn_sees_the_first(agent: AgentPort, model: ScriptedModel) -> None:
    """The model gets the earlier messages of both sides."""
    await ask(agent, "my name is Ada")

    await ask(agent, "what is my name?")

    assert dialogue(model.heard("what is my name?")) == [
        "my name is Ada",
        "You said: my name is Ada",
        "what is my name?",
    ]


async def test_sessions_do_not_see_each_other(agent: AgentPort, model: ScriptedModel) -> None:
    """No conversation holds another person's messages."""
    await ask(agent, "my name is Ada", session="15550001")

    await ask(agent, "what is my name?", session="15550002")

    assert dialogue(model.heard("what is my name?")) == ["what is my name?"]


async def test_a_session_is_forgotten(config_dir: Path, tmp_path: Path, model: ScriptedModel, store_url: str) -> None:
    """The next turn of it sees nothing of before. Other sessions keep their memory. It may be repeated."""
    async with (
        embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url) as agent,
        Redis.from_url(store_url) as store,
    ):
        for session in ("15550001", "15550002~new1"):
            await ask(agent, "my name is Ada", session=session)
        await store.set("conv_summary:15550001", "they are Ada")

        for _ in range(2):
            await agent.forget(agent="assistant", session_id="15550001")

        assert not await store.exists("conv:15550001", "conv_summary:15550001")
        await ask(agent, "what is my name?", session="15550001")
        await ask(agent, "and mine?", session="15550002~new1")
    assert dialogue(model.heard("what is my name?")) == ["what is my name?"]
    assert dialogue(model.heard("and mine?"))[0] == "my name is Ada"


async def test_a_server_that_cannot_forget_says_so(
    config_dir: Path, tmp_path: Path, model: ScriptedModel, store_url: str
) -> None:
    """The route of Astromesh 0.74.1 fails for every agent, unless the server is started as our image does it."""
    with running_astromesh(config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url) as url:
        async with httpx.AsyncClient() as client:
            agent = AstromeshHttpAgent(client=client, url=url)
            with pytest.raises(AgentFailedError) as failed:
                await agent.forget(agent="assistant", session_id="15550001")

    assert failed.value.failure is AgentFailure.CRASHED


async def test_an_unknown_agent_forgets_nothing(agent: AgentPort) -> None:
    """It may come back."""
    with pytest.raises(AgentFailedError) as failed:
        await agent.forget(agent="nobody", session_id="15550001")

    assert failed.value.failure is AgentFailure.UNKNOWN_AGENT


async def test_the_window_slides(agent: AgentPort, model: ScriptedModel) -> None:
    """The model gets only the latest `max_turns` messages."""
    for number in range(4):
        await ask(agent, f"number {number}")

    assert dialogue(model.heard("number 3"))[0] == "number 1"
    assert len(dialogue(model.heard("number 3"))) == 5


async def test_a_memory_that_cannot_be_read(agent: AgentPort, store_url: str) -> None:
    """The run crashed; the agent is not unknown, though Astromesh answers 404."""
    async with Redis.from_url(store_url) as store:
        await store.rpush("conv:15550001", "no JSON")

    with pytest.raises(AgentFailedError) as failed:
        await ask(agent, "hello")

    assert failed.value.failure is AgentFailure.CRASHED


async def test_images_are_shown_and_not_remembered(
    config_dir: Path, tmp_path: Path, model: ScriptedModel, store_url: str
) -> None:
    """The store keeps the text, which the next turn gets."""
    picture = FetchedMedia(mime_type="image/png", content=bytes(500_000))

    async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url) as agent:
        await agent.run(AgentRun(agent="assistant", query="look", session_id="ana", images=[picture]))
        shown = model.requests[-1]["messages"][-1]["content"]
        await ask(agent, "what did I send?", session="ana")
    async with Redis.from_url(store_url) as store:
        remembered = sum([await store.memory_usage(key) async for key in store.scan_iter()])

    assert [part["type"] for part in shown] == ["text", "image_url"]
    assert dialogue(model.heard("what did I send?"))[0] == "look"
    assert remembered < 50_000


async def test_more_runs_than_the_memory_has_connections(
    config_dir: Path, tmp_path: Path, model: ScriptedModel, store_url: str
) -> None:
    """The 101st run waits. The pool of the runtime's memory would refuse it."""
    async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url) as agent:
        answers = await asyncio.gather(*(ask(agent, f"number {n}", session=f"person {n}") for n in range(250)))

    assert answers == [f"You said: number {n}" for n in range(250)]
