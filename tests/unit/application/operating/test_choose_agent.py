"""An operator chooses which agent answers a conversation."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.operating.choose_agent import UnknownAgentError
from application.ports.agent import AgentFailedError
from domain.conversations.routing import Routing, Rule
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import CONVERSATION
from support.turns import answer_texts


class AwayAgent(ScriptedAgent):
    async def agents(self) -> tuple[str, ...]:
        raise AgentFailedError(AgentFailure.UNREACHABLE, "ConnectError")


def answering_with(agent: ScriptedAgent) -> Answering:
    """With a rule that matches everybody."""
    return Answering(agent=agent, routing=Routing(rules=(Rule(name="all", agent="assistant"),)))


async def test_what_is_shown_is_who_answers_next() -> None:
    """The channel's own until somebody chooses. A rule that matches everybody does not undo the choice."""
    answering = answering_with(ScriptedAgent(names=("assistant", "sales")))
    shown = [await answering.choose_agent.shown(conversation=CONVERSATION)]

    assert await answering.choose_agent(conversation=CONVERSATION, agent="sales") == "sales"
    await answer_texts(answering, "hello")
    shown.append(await answering.choose_agent.shown(conversation=CONVERSATION))

    assert shown == ["assistant", "sales"]
    assert answering.agent.calls[-1].agent == "sales"


async def test_an_agent_that_does_not_exist() -> None:
    """Nothing changes."""
    answering = answering_with(ScriptedAgent())

    with pytest.raises(UnknownAgentError, match="no agent named 'nobody'"):
        await answering.choose_agent(conversation=CONVERSATION, agent="nobody")

    assert await answering.choose_agent.shown(conversation=CONVERSATION) == "assistant"
    assert answering.happened == {}


async def test_while_the_runtime_is_away() -> None:
    """Nobody knows which agents it has: any name is taken."""
    answering = answering_with(AwayAgent())

    assert await answering.choose_agent(conversation=CONVERSATION, agent="sales") == "sales"
