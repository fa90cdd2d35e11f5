"""The duration of each run of an agent is measured."""

import asyncio

import pytest

from adapters.memory.agent import ScriptedAgent
from adapters.no_op_tracer import NoOpTracer
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure
from entrypoints.observability.measured_agent import MeasuredAgent
from entrypoints.observability.metrics import Metrics


def counted(metrics: Metrics, outcome: str) -> bool:
    labels = f'agent="assistant",channel="whatsapp",outcome="{outcome}",runtime=""'
    return f"trunkline_agent_seconds_count{{{labels}}} 1.0" in metrics.render().decode()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def measured(metrics: Metrics) -> MeasuredAgent:
    script = {"no": AgentAnswer(text="", blocked=True), "break": AgentFailure.CRASHED}
    return MeasuredAgent(agent=ScriptedAgent(script=script), metrics=metrics.turns, tracer=NoOpTracer())


async def ask(measured: MeasuredAgent, query: str) -> AgentAnswer:
    return await measured.run(AgentRun(agent="assistant", query=query, session_id="1", context={"channel": "whatsapp"}))


@pytest.mark.parametrize(("query", "outcome"), [("hello", "answered"), ("no", "blocked")])
async def test_a_run_is_measured(measured: MeasuredAgent, metrics: Metrics, query: str, outcome: str) -> None:
    """By agent and outcome. The answer is returned."""
    answer = await ask(measured, query)

    assert answer.blocked == (outcome == "blocked")
    assert counted(metrics, outcome)


async def test_a_failure_is_measured_under_its_name(measured: MeasuredAgent, metrics: Metrics) -> None:
    """It is raised unchanged."""
    with pytest.raises(AgentFailedError):
        await ask(measured, "break")

    assert counted(metrics, "crashed")


async def test_an_interrupted_run_is_measured_too(measured: MeasuredAgent, metrics: Metrics) -> None:
    """Also when a worker stops."""
    measured.agent.hold()  # type: ignore[attr-defined]
    running = asyncio.create_task(ask(measured, "hello"))
    await measured.agent.called(1)  # type: ignore[attr-defined]

    running.cancel()
    await asyncio.wait([running])

    assert counted(metrics, "cancelled")


async def test_the_agents_are_those_of_the_runtime(measured: MeasuredAgent) -> None:
    """The list is passed on unchanged."""
    assert await measured.agents() == ("assistant",)
