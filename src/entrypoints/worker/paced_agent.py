"""Hand on the answers of agents one after the other."""

import asyncio

from attrs import field, frozen

from application.ports.agent import AgentAnswer, AgentPort, AgentRun


@frozen(kw_only=True)
class PacedAgent:
    """Passes every call on to `agent`, and returns at most one answer in each step of the event loop.

    This holds for all agents that share `step`. Many answers may arrive together. Without steps between them, a webhook
    would wait until all of them are read.
    """

    agent: AgentPort
    step: asyncio.Lock = field(factory=asyncio.Lock, repr=False)

    @property
    def supports_images(self) -> bool:
        return self.agent.supports_images

    @property
    def supports_files(self) -> bool:
        return self.agent.supports_files

    async def run(self, run: AgentRun) -> AgentAnswer:
        answer = await self.agent.run(run)
        try:
            async with self.step:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            answer.text_read()
            answer.release()
            raise
        return answer

    async def agents(self) -> tuple[str, ...]:
        return await self.agent.agents()

    async def forget(self, *, agent: str, session_id: str) -> None:
        await self.agent.forget(agent=agent, session_id=session_id)
