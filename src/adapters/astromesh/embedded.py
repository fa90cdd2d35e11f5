"""Astromesh inside this process."""

import asyncio
import base64
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from adapters.astromesh import failures, housekeeping
from application.ports.agent import AgentAnswer, AgentFailedError
from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure

# The runtime's connection pools (to the memory, to the model) hold 100 each; the memory's raises when it is empty.
MAX_RUNS_AT_ONCE = 100


@define(kw_only=True)
class EmbeddedAstromesh:
    """Runs the agents in `config_dir/agents`, between `start` and `close`.

    `timeout_seconds` bounds a run, beside the agent's own limit; waiting for one of the places is not part of it.
    Of an agent with a `spec.chain` only the first link runs: its answer is what the person gets over HTTP as well.
    """

    config_dir: Path
    timeout_seconds: float = 25.0
    _runtime: Any = field(default=None, init=False)
    _places: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_RUNS_AT_ONCE), init=False)

    async def start(self) -> None:
        """Load the agents; one that cannot be built keeps its reason for whoever asks it.

        Raises:
            AgentFailedError: NOT_READY, when a file cannot be read at all.
        """
        # Half a second of imports that an installation with a server of its own never needs.
        engine = await asyncio.to_thread(importlib.import_module, "astromesh.runtime.engine")
        await asyncio.to_thread(housekeeping.prepare)
        try:
            runtime = engine.AgentRuntime(config_dir=self.config_dir)
            await runtime.bootstrap()
            housekeeping.forget_images(runtime)
        except Exception as error:
            detail = f"the agents in {self.config_dir} cannot be loaded: {_one_line(error)}"
            raise AgentFailedError(AgentFailure.NOT_READY, detail) from error
        self._runtime = runtime

    async def close(self) -> None:
        runtime, self._runtime = self._runtime, None
        if runtime is not None:
            await housekeeping.close(runtime)

    @property
    def supports_images(self) -> bool:
        return True

    async def run(
        self,
        *,
        agent: str,
        query: str,
        session_id: str,
        context: Mapping[str, object],
        images: Sequence[FetchedMedia] = (),
    ) -> AgentAnswer:
        runtime, shown = self._started(), _content(query, images)
        async with self._places:
            try:
                async with asyncio.timeout(self.timeout_seconds) as deadline:
                    # As Astromesh's own channels do: a proposal that the reply cannot carry is refused, not lost.
                    ran = await runtime.run(agent, shown, session_id, dict(context), admite_propuestas=False)
            except Exception as error:
                raise self._failure(error, agent=agent, expired=deadline.expired()) from error
        return failures.answer(text=ran.get("answer") or "", blocked=bool(ran.get("blocked")), data=ran.get("data"))

    async def agents(self) -> tuple[str, ...]:
        listed = self._started().list_agents()
        return tuple(agent["name"] for agent in listed if agent["status"] == "deployed")

    def _failure(self, error: Exception, *, agent: str, expired: bool) -> AgentFailedError:
        if expired:
            return failures.of_deadline(self.timeout_seconds)
        if isinstance(error, ValueError) and failures.names_no_agent(str(error)):
            why = self._started().agent_error(agent) or "no agent of that name"
            return AgentFailedError(AgentFailure.UNKNOWN_AGENT, _one_line(why))
        return failures.of_exception(error)

    def _started(self) -> Any:
        if self._runtime is None:
            raise AgentFailedError(AgentFailure.NOT_READY, "the runtime in this process is not started")
        return self._runtime


def _content(query: str, images: Sequence[FetchedMedia]) -> str | list[dict[str, Any]]:
    """Plain text where there are no images, else the content parts of an OpenAI-compatible model."""
    if not images:
        return query
    shown: list[dict[str, Any]] = [{"type": "text", "text": query}]
    for image in images:
        data = f"data:{image.mime_type};base64,{base64.b64encode(image.content).decode()}"
        shown.append({"type": "image_url", "image_url": {"url": data}})
    return shown


def _one_line(reason: object) -> str:
    return " ".join(str(reason).split())[:200]
