"""Limit how many runs of one agent runtime happen at the same time."""

import asyncio

from attrs import Factory, field, frozen

from application.answering.agent_wrapper import AgentWrapper
from application.ports.agent import AgentAnswer, AgentRun


@frozen(kw_only=True)
class LimitedAgent(AgentWrapper):
    """Passes every call on to `agent`. When `max_runs` runs are under way, the next one waits for the end of one."""

    max_runs: int
    _places: asyncio.Semaphore = field(
        default=Factory(lambda self: asyncio.Semaphore(self.max_runs), takes_self=True), init=False, eq=False
    )

    async def run(self, run: AgentRun) -> AgentAnswer:
        async with self._places:
            return await self.agent.run(run)
