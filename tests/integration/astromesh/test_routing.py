"""Real agents hand a conversation over to each other, by the structured output of their makers' own gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from application.ports.agent import AgentPort
from domain.conversations.activity import ActivityKind
from domain.conversations.routing import Routing, Rule
from support.answering import Answering
from support.astromesh import agent_file, running_astromesh, write_agents
from support.both_runtimes import runtime, server
from support.model_server import Says, ScriptedModel, running_model
from support.polling import eventually
from support.ports import free_ports
from support.service import Service, running_service, write_config
from support.simulator import ANA, BEN, running_simulator
from support.turns import answer_texts, state_of

__all__ = ["runtime", "server"]

ROUTE = {
    "type": "object",
    "properties": {
        "route": {
            "type": "object",
            "properties": {"start_session": {"type": "boolean"}, "handoff_agent": {"type": "string"}},
        }
    },
}
SCRIPT = {
    "my bill": Says(text='One moment.\n\n```json\n{"route": {"start_session": true, "handoff_agent": "billing"}}\n```'),
    "nothing": Says(text='As you wish.\n\n```json\n{"route": {"start_session": false, "handoff_agent": ""}}\n```'),
    "hello": Says(text='Hello.\n\n```json\n{"route": {"handoff_agent": ""}}\n```'),
}


def agent(name: str, **spec: object) -> dict[str, object]:
    return agent_file(name, prompts={"system": f"You are {name}."}, **spec)


def asked(model: ScriptedModel) -> list[str]:
    """Who answered, by the beginning of their prompts."""
    return [request["messages"][0]["content"].partition(".")[0] for request in model.requests]


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model(SCRIPT) as model:
        yield model


@pytest.fixture(autouse=True)
def without_requests(model: ScriptedModel) -> None:
    model.requests.clear()


@pytest.fixture(scope="module")
def config_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reception that may hand over, and the agent that knows about bills."""
    return write_agents(
        tmp_path_factory.mktemp("config"), agent("assistant", output_schema=ROUTE), agent("billing"), agent("sales")
    )


async def test_a_hand_off(runtime: AgentPort, model: ScriptedModel) -> None:
    """From the next message on. The person reads the text, and never the JSON."""
    answering = Answering(agent=runtime)  # type: ignore[arg-type]

    for text in ("hello", "my bill", "thanks"):
        await answer_texts(answering, text)

    assert asked(model) == ["You are assistant", "You are assistant", "You are billing"]
    assert answering.messenger.sent_texts == ["Hello.", "One moment.", "You said: thanks"]
    assert [routed["agent"] for routed in answering.happened[ActivityKind.ROUTED]] == ["billing"]


async def test_no_session(runtime: AgentPort, model: ScriptedModel) -> None:
    """The next message is the first of a conversation again."""
    answering = Answering(agent=runtime)  # type: ignore[arg-type]

    await answer_texts(answering, "nothing")
    is_new = (await state_of(answering)).is_new
    await answer_texts(answering, "hello")

    assert is_new
    assert not (await state_of(answering)).is_new
    assert asked(model) == ["You are assistant"] * 2
    assert answering.messenger.sent_texts == ["As you wish.", "Hello."]


async def test_a_rule_names_another_agent(runtime: AgentPort, model: ScriptedModel) -> None:
    """It answers the message that matches, and the following ones."""
    rule = Rule(name="bills", words=("bill",), agent="billing")
    answering = Answering(agent=runtime, routing=Routing(rules=(rule,)))  # type: ignore[arg-type]

    for text in ("hello", "a bill?", "thanks"):
        await answer_texts(answering, text)

    assert asked(model) == ["You are assistant", "You are billing", "You are billing"]


async def test_an_agent_that_does_not_exist(runtime: AgentPort, model: ScriptedModel) -> None:
    """The runtime says so, and the channel's agent answers."""
    rule = Rule(name="bills", words=("bill",), agent="nobody")
    answering = Answering(agent=runtime, routing=Routing(rules=(rule,)))  # type: ignore[arg-type]

    await answer_texts(answering, "a bill?")

    assert asked(model) == ["You are assistant"]
    assert answering.messenger.sent_texts == ["You said: a bill?"]


async def test_two_servers(tmp_path: Path, store_url: str, server: str, model: ScriptedModel) -> None:
    """A running service sends each agent's turns to its own server. The person notices one conversation.

    A third server is away: only the turns of its own agents wait.
    """
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other_agents = write_agents(elsewhere / "config", agent("entry", output_schema=ROUTE), agent("billing"))
    with running_astromesh(other_agents, work_dir=elsewhere, model_url=model.url) as other:
        async with running_simulator(webhook_url="http://127.0.0.1:9/none") as meta:
            config = write_config(
                tmp_path / "config",
                graph_url=meta.url,
                store=store_url,
                agents_url=server,
                keys={
                    "agents": [
                        {"name": "main", "url": server},
                        {"name": "other", "url": other, "max_runs": 2},
                        {"name": "away", "url": f"http://127.0.0.1:{free_ports(1)[0]}"},
                    ]
                },
                default_agent="assistant",
                routing={
                    "rules": [
                        {"name": "bills", "words": ["bill"], "agent": "other/entry"},
                        {"name": "away", "words": ["nobody"], "agent": "away/assistant"},
                    ]
                },
            )
            async with running_service(config) as service:
                meta.point_at(service.webhook_url)
                await meta.write("nobody?", number=BEN)
                await eventually(lambda: _is_tried_again(service))
                for text in ("hello", "my bill", "thanks"):
                    before = len(await meta.answers(number=ANA))
                    await meta.write(text)
                    await eventually(lambda before=before: _more(meta, before), seconds=30)
                metrics = (await service.http.get(f"{service.url}/metrics")).text
                ready = (await service.http.get(f"{service.url}/readyz")).json()

    assert asked(model) == ["You are assistant", "You are entry", "You are billing"]
    assert ready["parts"] == {
        "store": "ok",
        "agents.main": "ok",
        "agents.other": "ok",
        "agents.away": "unreachable",
        "service": "ok",
    }
    assert 'trunkline_circuit_breaker_open{channel="whatsapp"} 0.0' in metrics
    for place, name in (("main", "assistant"), ("other", "entry"), ("other", "billing")):
        assert f'agent="{name}",channel="whatsapp",outcome="answered",runtime="{place}"' in metrics


async def _is_tried_again(service: Service) -> bool:
    return "is tried again" in service.log


async def _more(meta: object, before: int) -> bool:
    return len(await meta.answers(number=ANA)) > before  # type: ignore[attr-defined]
