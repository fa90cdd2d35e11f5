"""An agent that is away is asked less often, and nobody else is."""

import asyncio

import pytest

from adapters.memory.agent import ScriptedAgent
from application.answering.breaking_agent import MAX_AGENTS, BreakingAgent
from application.ports.agent import AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure
from support.polling import eventually

AWAY = (AgentFailure.UNREACHABLE, AgentFailure.TIMEOUT)


def breaking(failure: AgentFailure = AgentFailure.UNREACHABLE, *, pause_seconds: float = 60.0) -> BreakingAgent:
    """A runtime whose agents fail when they are asked "fail"."""
    runtime = ScriptedAgent(names=("assistant", "other"), script={"fail": failure})
    return BreakingAgent(agent=runtime, max_failures=3, pause_seconds=pause_seconds)


async def outcome(agent: BreakingAgent, query: str = "hello", *, name: str = "assistant") -> str:
    """The answer, or the failure."""
    try:
        return (await agent.run(AgentRun(agent=name, query=query, session_id="s1"))).text
    except AgentFailedError as error:
        return error.failure


@pytest.mark.parametrize("failure", AWAY)
async def test_an_agent_that_is_away_is_left_alone(failure: AgentFailure) -> None:
    """After some runs in a row without an answer. The runtime hears nothing of the next ones."""
    agent = breaking(failure)

    first = [await outcome(agent, "fail") for _ in range(3)]
    later = [await outcome(agent) for _ in range(5)]

    assert first == [failure] * 3
    assert later == [AgentFailure.NOT_READY] * 5
    assert len(agent.agent.calls) == 3  # type: ignore[attr-defined]


async def test_other_agents_are_asked_as_ever() -> None:
    """At the same runtime, and at another one."""
    agent, elsewhere = breaking(), breaking()
    for _ in range(3):
        await outcome(agent, "fail")

    assert await outcome(agent, name="other") == "You said: hello"
    assert await outcome(elsewhere) == "You said: hello"


async def test_one_run_is_passed_on_after_a_while() -> None:
    """While it has no answer, there is the next one after another while. An answer ends it."""
    agent = breaking(pause_seconds=0.05)
    for _ in range(3):
        await outcome(agent, "fail")

    async def is_passed_on(query: str) -> bool:
        return await outcome(agent, query) != AgentFailure.NOT_READY

    await eventually(lambda: is_passed_on("fail"))
    refused = await outcome(agent)
    await eventually(lambda: is_passed_on("hello"))

    assert refused == AgentFailure.NOT_READY
    assert [await outcome(agent) for _ in range(5)] == ["You said: hello"] * 5


@pytest.mark.parametrize("failure", sorted(set(AgentFailure) - set(AWAY)))
async def test_an_error_is_an_answer(failure: AgentFailure) -> None:
    """Whoever says that something went wrong is there. It begins the count anew."""
    agent = breaking(failure)

    assert {await outcome(agent, "fail") for _ in range(20)} == {failure}


async def test_an_answer_in_between_begins_the_count_anew() -> None:
    agent = breaking()

    for _ in range(5):
        await outcome(agent, "fail")
        await outcome(agent, "fail")
        assert await outcome(agent) == "You said: hello"


async def test_runs_that_are_under_way_go_on() -> None:
    """They began before anybody knew."""
    agent = breaking()
    agent.agent.hold()  # type: ignore[attr-defined]
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(outcome(agent, "fail" if number < 3 else "hello")) for number in range(4)]
        await agent.agent.called(4)  # type: ignore[attr-defined]
        agent.agent.release()  # type: ignore[attr-defined]

    assert [run.result() for run in runs][3] == "You said: hello"


async def test_invented_names_are_bounded() -> None:
    """An agent may hand over to any name."""
    agent = BreakingAgent(agent=ScriptedAgent(script={"fail": AgentFailure.UNREACHABLE}, names=[*map(str, range(500))]))

    for number in range(500):
        await outcome(agent, "fail", name=str(number))

    assert len(agent._silent) == MAX_AGENTS
