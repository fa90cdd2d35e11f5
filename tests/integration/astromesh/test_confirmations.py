"""A tool that needs a confirmation, in a real runtime: it is carried out after the person's yes, and only then."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from attrs import evolve

from adapters.memory.transcriber import MemoryTranscriber
from application.ports.agent import AgentPort
from application.ports.media import FetchedMedia
from domain.messages.inbound import Content, Media, Tap, Text
from domain.messages.outbound import ButtonsPart
from domain.messages.shared_values import MediaKind
from support.answering import Answering
from support.astromesh import agent_file, write_agents
from support.both_runtimes import runtime, server
from support.messages import enqueued
from support.model_server import Says, ScriptedModel, running_model
from support.turns import answer_once, answer_texts

__all__ = ["runtime", "server"]

ORDER = ("http_post", {"path": "/orders", "body": {"boxes": 2}})
SCRIPT = {
    "two boxes": Says(text="Two boxes, all right?", calls=ORDER),
    "si": Says(text="Ordered.", calls=ORDER),
}


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model(SCRIPT) as model:
        yield model


@pytest.fixture(scope="module")
def config_dir(model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agent whose tool posts orders, and asks before it does."""
    tool = {
        "type": "integration",
        "name": "http",
        "connection": "shop",
        "actions": ["post"],
        "confirm": ["post"],
    }
    config_dir = write_agents(tmp_path_factory.mktemp("config"), agent_file("assistant", tools=[tool]))
    shop = {"base_url": model.url, "api_key": "none-needed"}
    (config_dir / "connections.yaml").write_text(yaml.safe_dump({"connections": {"shop": shop}}), encoding="utf-8")
    return config_dir


@pytest.fixture
def agent(runtime: AgentPort, model: ScriptedModel) -> AgentPort:
    model.orders.clear()
    return runtime


async def asked(agent: AgentPort, request: pytest.FixtureRequest) -> Answering:
    """A conversation in which the agent has asked to confirm the order. Each has a session of its own."""
    answering = Answering(
        agent=agent,  # type: ignore[arg-type]
        session_id=f"{request.node.name}:{{user}}",
        transcriber=MemoryTranscriber(words={b"spoken": "Sim!"}),
    )
    answering.media.files = {"voice": FetchedMedia(content=b"spoken", mime_type="audio/ogg")}
    await answer_texts(answering, "two boxes")
    return answering


def question(answering: Answering) -> ButtonsPart:
    part = answering.messenger.sent[-1].part
    assert isinstance(part, ButtonsPart)
    return part


async def test_the_person_reads_what_will_happen(
    agent: AgentPort, model: ScriptedModel, request: pytest.FixtureRequest
) -> None:
    """In the runtime's words, with two buttons, and nothing has happened yet."""
    answering = await asked(agent, request)

    assert question(answering).body.text.startswith(
        "Para confirmar respond\u00e9 SI. Voy a ejecutar: http_post con body:"
    )
    assert [choice.title for choice in question(answering).choices] == ["Confirm", "Cancel"]
    assert model.orders == []


async def test_a_yes_among_other_messages(
    agent: AgentPort, model: ScriptedModel, request: pytest.FixtureRequest
) -> None:
    """It carries out the action, once; what was written after it comes next."""
    answering = await asked(agent, request)
    await answering.accept(enqueued("S\u00ed! \U0001f44d"), enqueued("thanks"))

    await answer_once(answering)
    await answer_once(answering)

    assert model.orders == [{"boxes": 2}]
    assert answering.messenger.sent_texts[-2:] == ["Ordered.", "You said: thanks"]


@pytest.mark.parametrize("quotes", [None, "sent-2"])
@pytest.mark.parametrize("content", [Text(body="Oui."), Media(kind=MediaKind.VOICE, id="voice")])
async def test_a_yes_however_given(
    agent: AgentPort, model: ScriptedModel, request: pytest.FixtureRequest, content: Content, quotes: str | None
) -> None:
    """In another language, spoken, and as a reply that quotes the question. It arrives bare."""
    answering = await asked(agent, request)
    post = enqueued()
    await answering.accept(evolve(post, message=evolve(post.message, content=content, quotes=quotes)))

    await answer_once(answering)

    assert model.orders == [{"boxes": 2}]
    assert model.queries[-1] == "si"


@pytest.mark.parametrize(("button", "orders"), [(0, [{"boxes": 2}]), (1, [])])
async def test_a_tap(
    agent: AgentPort,
    model: ScriptedModel,
    request: pytest.FixtureRequest,
    button: int,
    orders: list[dict[str, int]],
) -> None:
    """One button carries out the action, the other does not."""
    answering = await asked(agent, request)
    post = enqueued()
    tap = evolve(post.message, content=Tap(choice=question(answering).choices[button]), quotes="sent-2")
    await answering.accept(evolve(post, message=tap))

    await answer_once(answering)

    assert model.orders == orders


async def test_anything_else_confirms_nothing(
    agent: AgentPort, model: ScriptedModel, request: pytest.FixtureRequest
) -> None:
    """The runtime drops what was pending."""
    answering = await asked(agent, request)

    await answer_texts(answering, "s\u00ed, pero tres")

    assert model.orders == []
