"""What both ways to a real Astromesh do, with a scripted model behind it."""

import asyncio
from pathlib import Path

import pytest

from adapters.astromesh.embedded import EmbeddedAstromesh
from adapters.astromesh.http import AstromeshHttpAgent
from application.ports.agent import AgentFailedError, AgentRun, ProviderKey
from contracts.agent_contract import ESSAY, REFUSAL, AgentPortContract
from domain.policies.retry import AgentFailure
from support.astromesh import agent_file, write_agents
from support.model_server import Says, ScriptedModel

type Astromesh = AstromeshHttpAgent | EmbeddedAstromesh

SCRIPT = {
    "hello": Says(text="Hi there!"),
    "write an essay": Says(text=ESSAY),
    "say nothing": Says(text=""),
    "say spaces": Says(text=" \n "),
    "fall over": Says(status=500, text="I was asked to fail with sk-not-a-real-key"),
    "dawdle": Says(hold=True),
}


def write_contract_agents(config_dir: Path) -> Path:
    """The agents the contract asks for, and one that cannot be built."""
    guarded = {"input": [{"type": "topic_filter", "blocked_topics": ["secret"], "action": "block", "message": REFUSAL}]}
    prompt = {"system": "You talk to {{ contact_name }} on {{ channel }} about {{ message_ids | join('+') }}."}
    return write_agents(
        config_dir,
        agent_file("assistant", prompts=prompt, guardrails=guarded),
        agent_file("hurried", orchestration={"pattern": "react", "timeout_seconds": 0.2}),
        # After three failures of an agent, the runtime does not ask its model for a minute: so failures have their own.
        agent_file("unlucky"),
        agent_file("broken", orchestration={"pattern": "telepathy"}),
    )


class AstromeshContract(AgentPortContract):
    """A test class inherits this and provides `agent`, `model` and `impatient`, whose deadline is a moment."""

    async def test_the_context_reaches_the_agent(self, agent: Astromesh, model: ScriptedModel) -> None:
        """An agent's prompt may use every value of the context."""
        context = {"contact_name": "Ada", "channel": "whatsapp", "message_ids": ["a", "b"], "turn_id": "t1"}

        await agent.run(AgentRun(agent="assistant", query="who am I?", session_id="s1", context=context))

        assert model.heard("who am I?")[0]["content"] == "You talk to Ada on whatsapp about a+b."

    async def test_a_channels_own_provider_is_asked(self, agent: Astromesh, model: ScriptedModel) -> None:
        """In place of the agent's. The runtime says that it does not know this one."""
        unknown = ProviderKey(name="nobody", key="not-a-real-key")

        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="assistant", query="by whom?", session_id="s1", provider=unknown))

        assert "not-a-real-key" not in failed.value.detail
        assert "by whom?" not in model.queries

    async def test_a_run_past_our_own_deadline(self, impatient: Astromesh) -> None:
        """An agent without a limit of its own is stopped by ours."""
        with pytest.raises(AgentFailedError) as failed:
            await impatient.run(AgentRun(agent="assistant", query="dawdle", session_id="s1"))

        assert failed.value.failure is AgentFailure.TIMEOUT
        assert failed.value.detail == "no answer within 0.2 s"

    async def test_an_agent_that_could_not_be_built(self, agent: Astromesh) -> None:
        """It is not listed, and a run of it fails."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="broken", query="hello", session_id="s1"))

        assert failed.value.failure is AgentFailure.UNKNOWN_AGENT
        assert "broken" not in await agent.agents()

    async def test_an_error_of_the_provider_is_not_repeated(self, agent: Astromesh) -> None:
        """It may quote the person or hold the key. Only its status is passed on."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="unlucky", query="fall over", session_id="s1"))

        assert "sk-not-a-real-key" not in failed.value.detail
        assert "model_" in failed.value.detail

    async def test_many_runs_at_once(self, agent: Astromesh) -> None:
        """More runs than the runtime's pools hold: each gets its own answer."""
        queries = [f"number {number}" for number in range(150)]

        answers = await asyncio.gather(
            *(agent.run(AgentRun(agent="assistant", query=query, session_id=query)) for query in queries)
        )

        assert [answer.text for answer in answers] == [f"You said: {query}" for query in queries]

    async def test_a_lone_surrogate_does_no_harm(self, agent: Astromesh) -> None:
        """No encoder accepts it. The run still ends with an answer or a failure."""
        with pytest.raises(AgentFailedError):
            await agent.run(AgentRun(agent="assistant", query="broken \ud83d", session_id="s1"))
