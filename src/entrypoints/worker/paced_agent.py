"""Hand on the answers of agents one after the other."""

import asyncio

from attrs import field, frozen

from application.answering.agent_wrapper import AgentWrapper
from application.ports.agent import AgentAnswer, AgentRun


@frozen(kw_only=True)
class PacedAgent(AgentWrapper):
    """Passes every call on to `agent`, and returns at most one answer in each step of the event loop.

    This holds for all agents that share `step`. Many answers may arrive together. Without steps between them, a webhook
    would wait until all of them are read.
    """

    step: asyncio.Lock = field(factory=asyncio.Lock, repr=False)

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
