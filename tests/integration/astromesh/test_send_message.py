"""The tool `send_message` of a real Astromesh, as a server and in process, which is pointed at a running service."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.astromesh import agent_file, running_astromesh, write_agents
from support.model_server import Says, ScriptedModel
from support.polling import eventually
from support.ports import free_ports
from support.service import Service, write_config
from support.simulator import ANA, BEN, RunningSimulator, running_simulator
from support.store import embedded_store

TO_BEN = {"channel": "whatsapp", "recipient": f"+{BEN}", "text": "Ana is on her way."}


@pytest.fixture
async def meta() -> AsyncIterator[RunningSimulator]:
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as simulator:
        yield simulator


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of the service. Runtimes know its address as that of their gateway."""
    (port,) = free_ports(1)
    monkeypatch.setenv("ASTROMESH_NEXUS_URL", f"http://127.0.0.1:{port}")
    return port


@pytest.fixture
def agent(model: ScriptedModel) -> dict[str, Any]:
    """An agent that has the tool."""
    tool = {"type": "builtin", "name": "send_message"}
    scripted = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url, "api_key": "none-needed"}
    return agent_file("whatsapp-assistant", tools=[tool], model={"primary": scripted})


@pytest.fixture(params=["http", "embedded"])
async def service(
    request: pytest.FixtureRequest, tmp_path: Path, meta: RunningSimulator, agent: dict[str, Any], port: int
) -> AsyncIterator[Service]:
    """A service with this agent, at a server or in process."""
    tools = {"secret": "not-a-real-secret-of-enough-length", "send_messages": True}
    async with contextlib.AsyncExitStack() as stack:
        agents: dict[str, object] = {"embedded": True}
        if request.param == "http":
            config_dir = write_agents(tmp_path / "agents", agent)
            agents = {"url": stack.enter_context(running_astromesh(config_dir, work_dir=tmp_path))}
        store = await stack.enter_async_context(embedded_store(tmp_path / "store"))
        keys = {"tools": tools, "agents": agents}
        config = write_config(tmp_path / "config", graph_url=meta.url, store=store, agents_url="", keys=keys)
        service = Service(write_agents(config, agent), port=port)
        stack.push_async_callback(service.close)
        await service.start()
        meta.point_at(service.webhook_url)
        yield service


async def test_the_tool_writes_to_somebody_else(service: Service, meta: RunningSimulator, model: ScriptedModel) -> None:
    """Within their 24 hours. The model learns that the message waits to be sent."""
    model.script["tell Ben"] = Says(text="I told him.", calls=("send_message", TO_BEN))
    await meta.write("good morning", number=BEN)
    await eventually(lambda: meta.answers(number=BEN))

    await meta.write("tell Ben", number=ANA)
    await eventually(lambda: meta.answers(number=ANA))
    await eventually(lambda: _has(meta, TO_BEN["text"], number=BEN))

    assert await meta.answers(number=ANA) == ["I told him."]
    assert await meta.answers(number=BEN) == ["You said: good morning", TO_BEN["text"]]
    assert '"status":"pending"' in _result(model)
    assert "_nexus_run_token" not in str(model.requests)


async def test_the_tool_says_why_it_cannot(service: Service, meta: RunningSimulator, model: ScriptedModel) -> None:
    """The model reads our reason: nobody has written from that number today, or it is another channel's."""
    model.script["write to Ben"] = Says(text="I may not.", calls=("send_message", TO_BEN))
    model.script["use telegram"] = Says(text="Not there.", calls=("send_message", TO_BEN | {"channel": "telegram"}))

    await meta.write("write to Ben")
    await eventually(lambda: _has(meta, "I may not."))
    closed = _result(model)
    await meta.write("use telegram")
    await eventually(lambda: _has(meta, "Not there."))

    assert "The person's last message is too old" in closed
    assert "this run may send on whatsapp only" in _result(model)
    assert await meta.answers(number=BEN) == []


async def test_a_repeated_run_sends_nothing_twice(
    service: Service, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """The model fails after the tool has sent: the run is tried again, and its tool is called again."""
    model.script["twice"] = Says(text="", calls=("send_message", TO_BEN))
    await meta.write("good morning", number=BEN)
    await eventually(lambda: meta.answers(number=BEN))

    await meta.write("twice", number=ANA)
    await eventually(lambda: len(_results(model)) >= 2)
    model.script["twice"] = Says(text="Done.", calls=("send_message", TO_BEN))
    await eventually(lambda: meta.answers(number=ANA), seconds=30)
    await eventually(lambda: _has(meta, TO_BEN["text"], number=BEN))

    assert (await meta.answers(number=BEN)).count(str(TO_BEN["text"])) == 1


async def _has(meta: RunningSimulator, text: object, *, number: str = ANA) -> bool:
    return text in await meta.answers(number=number)


def _results(model: ScriptedModel) -> list[str]:
    """What the tool returned to the model, each time."""
    lasts = [request["messages"][-1] for request in model.requests if request["messages"]]
    return [str(last["content"]) for last in lasts if last["role"] == "tool"]


def _result(model: ScriptedModel) -> str:
    return _results(model)[-1]
