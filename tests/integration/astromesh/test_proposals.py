"""A tool that proposes, in a real runtime: its calls are kept, or the model is told that it cannot propose."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from adapters.astromesh.embedded import EmbeddedAstromesh
from application.ports.agent import AgentPort
from domain.conversations.activity import ActivityKind
from domain.conversations.proposals import ProposalState
from support.answering import Answering
from support.astromesh import agent_file, embedded_astromesh, write_agents
from support.both_runtimes import runtime, server
from support.messages import CONVERSATION
from support.model_server import Says, ScriptedModel, running_model
from support.receiver import FakeReceiver
from support.turns import answer_once, answer_texts

__all__ = ["runtime", "server"]

SCRIPT = {"two boxes": Says(text="I have asked for approval.", calls=("shop_create_order", {"boxes": 2}))}


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model(SCRIPT) as model:
        yield model


@pytest.fixture(scope="module")
def config_dir(model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tool of docs/agents.md."""
    tool = {
        "type": "api",
        "name": "shop",
        "connection": "shop",
        "auth": {"scheme": "bearer"},
        "operations": [
            {
                "name": "create_order",
                "description": "Order boxes.",
                "writes": True,
                "mode": "propose",
                "parameters": {"boxes": {"type": "integer", "required": True}},
                "request": {"method": "POST", "path": "/orders"},
            }
        ],
    }
    config_dir = write_agents(tmp_path_factory.mktemp("config"), agent_file("assistant", tools=[tool]))
    shop = {"base_url": model.url, "credential": "none-needed"}
    (config_dir / "connections.yaml").write_text(yaml.safe_dump({"connections": {"shop": shop}}), encoding="utf-8")
    return config_dir


@pytest.fixture
def agent(runtime: AgentPort) -> AgentPort:
    if isinstance(runtime, EmbeddedAstromesh):
        runtime.takes_proposals = True
    return runtime


async def test_a_proposal_is_kept_approved_and_delivered(
    agent: AgentPort, model: ScriptedModel, request: pytest.FixtureRequest
) -> None:
    """Nothing was carried out before. The agent reads what came of it with the next message."""
    receiver = FakeReceiver(answer=b'{"result": "order 17"}')
    answering = Answering(
        agent=agent,  # type: ignore[arg-type]
        receiver=receiver,
        session_id=f"{request.node.name}:{{user}}",
    )
    await answer_texts(answering, "two boxes")

    (proposal,) = (await answering.use_cases.proposals.page(limit=9)).items
    assert answering.messenger.sent_texts == ["I have asked for approval."]
    assert (proposal.conversation, proposal.state) == (CONVERSATION, ProposalState.OPEN)
    action = proposal.action
    assert (action.tool, action.type, action.destination) == ("shop_create_order", "api", "shop")
    assert (action.operation, action.arguments) == ("create_order", '{"boxes":2}')
    assert model.orders == []

    await answering.use_cases.decide_proposal.approve(proposal_id=proposal.id, by="olga")
    await answering.use_cases.follow_up_decisions()
    await answer_once(answering)
    await answer_texts(answering, "and now?")

    assert [message_id for message_id, _ in receiver.messages] == [proposal.id]
    assert model.orders == []
    asked = next(query for query in reversed(model.queries) if query.endswith("and now?"))
    assert '[your proposal shop_create_order {"boxes":2} was approved and carried out: order 17]' in asked


async def test_an_agent_in_process_is_told_that_it_cannot_propose(
    model: ScriptedModel, config_dir: Path, tmp_path: Path
) -> None:
    """Without an address for what is approved, nobody would ever carry it out."""
    async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url) as embedded:
        answering = Answering(agent=embedded)  # type: ignore[arg-type]
        await answer_texts(answering, "two boxes")

    assert (await answering.use_cases.proposals.page(limit=9)).items == ()
    assert ActivityKind.PROPOSED not in answering.happened
    told = model.heard("two boxes")[-1]
    assert told["role"] == "tool"
    assert "no admite escrituras" in told["content"]
