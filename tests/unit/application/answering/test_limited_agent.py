"""Only so many runs of one runtime happen at the same time."""

import asyncio

from adapters.memory.agent import ScriptedAgent
from application.answering.limited_agent import LimitedAgent
from application.ports.agent import AgentAnswer, AgentRun


async def test_further_runs_wait() -> None:
    """They begin when one has ended, and all of them end."""
    agent = ScriptedAgent(supports_images=True)
    limited = LimitedAgent(agent=agent, max_runs=2)

    async def ask(query: str) -> AgentAnswer:
        return await limited.run(AgentRun(agent="assistant", query=query, session_id=query))

    agent.hold()
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(ask(str(number))) for number in range(5)]
        await agent.called(2)
        begun = len(agent.calls)
        agent.release()

    assert begun == 2
    assert [run.result().text for run in runs] == [f"You said: {number}" for number in range(5)]


async def test_an_interrupted_run_leaves_its_place() -> None:
    """When a worker stops, or a turn is taken over."""
    agent = ScriptedAgent()
    limited = LimitedAgent(agent=agent, max_runs=1)
    agent.hold()
    interrupted = asyncio.create_task(limited.run(AgentRun(agent="assistant", query="a", session_id="a")))
    await agent.called(1)

    interrupted.cancel()
    await asyncio.wait([interrupted])
    agent.release()
    answer = await limited.run(AgentRun(agent="assistant", query="b", session_id="b"))

    assert answer.text == "You said: b"


async def test_everything_else_is_passed_on() -> None:
    """It is the same runtime."""
    limited = LimitedAgent(agent=ScriptedAgent(supports_images=True, names=("a",)), max_runs=1)

    assert limited.supports_images
    assert await limited.agents() == ("a",)
