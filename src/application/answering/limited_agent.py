"""Limit how many runs of one agent runtime happen at the same time."""

import asyncio

from attrs import Factory, field, frozen

from application.ports.agent import AgentAnswer, AgentPort, AgentRun


@frozen(kw_only=True)
class LimitedAgent:
    """Passes every call on to `agent`. When `max_runs` runs are under way, the next one waits for the end of one."""

    agent: AgentPort
    max_runs: int
    _places: asyncio.Semaphore = field(
        default=Factory(lambda self: asyncio.Semaphore(self.max_runs), takes_self=True), init=False, eq=False
    )

    @property
    def supports_images(self) -> bool:
        return self.agent.supports_images

    @property
    def supports_files(self) -> bool:
        return self.agent.supports_files

    async def run(self, run: AgentRun) -> AgentAnswer:
        async with self._places:
            return await self.agent.run(run)

    async def forget(self, *, agent: str, session_id: str) -> None:
        await self.agent.forget(agent=agent, session_id=session_id)

    async def agents(self) -> tuple[str, ...]:
        return await self.agent.agents()
