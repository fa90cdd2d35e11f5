"""Limit how many runs of one agent runtime happen at the same time."""

import asyncio
from collections.abc import Mapping, Sequence

from attrs import Factory, field, frozen

from application.ports.agent import AgentAnswer, AgentFile, AgentPort, ProviderKey
from application.ports.media import FetchedMedia


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

    async def run(
        self,
        *,
        agent: str,
        query: str,
        session_id: str,
        context: Mapping[str, object],
        images: Sequence[FetchedMedia] = (),
        files: Sequence[AgentFile] = (),
        provider: ProviderKey | None = None,
    ) -> AgentAnswer:
        async with self._places:
            return await self.agent.run(
                agent=agent,
                query=query,
                session_id=session_id,
                context=context,
                images=images,
                files=files,
                provider=provider,
            )

    async def forget(self, *, agent: str, session_id: str) -> None:
        await self.agent.forget(agent=agent, session_id=session_id)

    async def agents(self) -> tuple[str, ...]:
        return await self.agent.agents()
