"""What the scripted agent offers to tests beyond its port."""

import asyncio

import pytest

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure


async def ask(agent: ScriptedAgent, query: str) -> str:
    return (await agent.run(AgentRun(agent="assistant", query=query, session_id="s1", context={"turn_id": "t1"}))).text


async def test_it_echoes_without_a_script() -> None:
    """For tests in which the answer does not matter."""
    agent = ScriptedAgent()

    assert await ask(agent, "hello") == "You said: hello"


async def test_a_function_may_be_the_script() -> None:
    """The answer may depend on earlier calls."""
    outcomes = iter([AgentFailure.UNREACHABLE, "at last"])
    agent = ScriptedAgent(script=lambda _query: next(outcomes))

    with pytest.raises(AgentFailedError) as failed:
        await ask(agent, "hello")
    answer = await ask(agent, "hello")

    assert failed.value.failure is AgentFailure.UNREACHABLE
    assert answer == "at last"


async def test_it_remembers_its_calls() -> None:
    """A test sees what the agent was asked, in order."""
    agent = ScriptedAgent()

    await ask(agent, "one")
    await ask(agent, "two")

    assert [call.query for call in agent.calls] == ["one", "two"]
    assert agent.calls[0] == AgentRun(agent="assistant", query="one", session_id="s1", context={"turn_id": "t1"})


async def test_it_can_be_held() -> None:
    """A run begins, and ends when the test lets it."""
    agent = ScriptedAgent()
    agent.hold()

    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(ask(agent, "hello"))
        await agent.called(1)
        held = not run.done()
        agent.release()

    assert held
    assert run.result() == "You said: hello"
