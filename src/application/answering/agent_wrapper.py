"""What stands between a use case and an agent."""

from attrs import frozen

from application.ports.agent import AgentAnswer, AgentPort, AgentRun


@frozen(kw_only=True)
class AgentWrapper:
    """Passes every call on to `agent`. Subclasses do more in `run`."""

    agent: AgentPort

    @property
    def supports_images(self) -> bool:
        return self.agent.supports_images

    @property
    def supports_files(self) -> bool:
        return self.agent.supports_files

    async def run(self, run: AgentRun) -> AgentAnswer:
        return await self.agent.run(run)

    async def forget(self, *, agent: str, session_id: str) -> None:
        await self.agent.forget(agent=agent, session_id=session_id)

    async def agents(self) -> tuple[str, ...]:
        return await self.agent.agents()
