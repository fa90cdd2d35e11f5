"""Measure and trace the runs of agents."""

import time

from attrs import frozen

from application.answering.agent_wrapper import AgentWrapper
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from application.ports.tracer import Tracer
from entrypoints.observability.turn_metrics import TurnMetrics


@frozen(kw_only=True)
class MeasuredAgent(AgentWrapper):
    """Passes every call on to `agent`, and reports to `metrics` and `tracer` how long each took and how it ended.

    `runtime` is the name of the runtime that it is, empty for the only one.
    """

    metrics: TurnMetrics
    tracer: Tracer
    runtime: str = ""

    async def run(self, run: AgentRun) -> AgentAnswer:
        started, channel = time.perf_counter(), str(run.context.get("channel", ""))
        outcome = "cancelled"
        try:
            with self.tracer.run_agent(agent=run.agent, channel=channel) as span:
                answer = await self.agent.run(run)
                outcome = "blocked" if answer.blocked else "answered"
                span.ended(outcome)
        except AgentFailedError as error:
            outcome = error.failure.value
            raise
        finally:
            seconds = time.perf_counter() - started
            self.metrics.agent_run(
                channel=channel, runtime=self.runtime, agent=run.agent, outcome=outcome, seconds=seconds
            )
        return answer
