"""Astromesh inside this process."""

import asyncio
import base64
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from adapters.astromesh import failures, housekeeping
from adapters.astromesh.exceptions import failure_of
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure

# The runtime's connection pools, to the memory and to the model, have 100 connections each. The memory's pool raises an
# error when all are in use.
MAX_CONCURRENT_RUNS = 100


@define(kw_only=True)
class EmbeddedAstromesh:
    """Runs the agents in `config_dir/agents`, between `start` and `close`.

    `timeout_seconds` limits a run, beside the agent's own limit. The time that a run waits for its turn does not count.
    `takes_proposals`: agents may propose actions for somebody to approve; otherwise they are told that nobody does.
    Of an agent with a `spec.chain` only the first link runs: over HTTP, the person gets the answer of that link too.
    """

    config_dir: Path
    timeout_seconds: float = 25.0
    takes_proposals: bool = False
    _runtime: Any = field(default=None, init=False)
    _usage_of_trace: Callable[[Any], object] = field(default=lambda _: None, init=False)
    _free_runs: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_RUNS), init=False)

    async def start(self) -> None:
        """Load the agents. An agent that cannot be built fails with the reason when it is asked.

        Raises:
            AgentFailedError: NOT_READY, a file cannot be read at all.
        """
        # These imports take half a second. An installation with an Astromesh server does not need them.
        engine = await asyncio.to_thread(importlib.import_module, "astromesh.runtime.engine")
        # What the REST interface calls, to sum up what a run used.
        usage = await asyncio.to_thread(importlib.import_module, "astromesh.api.usage")
        await asyncio.to_thread(housekeeping.prepare)
        try:
            runtime = engine.AgentRuntime(config_dir=self.config_dir)
            await runtime.bootstrap()
            housekeeping.forget_images(runtime)
        except Exception as error:
            detail = f"the agents in {self.config_dir} cannot be loaded: {_one_line(error)}"
            raise AgentFailedError(AgentFailure.NOT_READY, detail) from error
        self._runtime, self._usage_of_trace = runtime, usage.usage_from_trace

    async def close(self) -> None:
        runtime, self._runtime = self._runtime, None
        if runtime is not None:
            await housekeeping.close(runtime)

    @property
    def supports_images(self) -> bool:
        return True

    @property
    def supports_files(self) -> bool:
        return False

    async def run(self, run: AgentRun) -> AgentAnswer:
        """Models take images only, and no other files."""
        runtime, content, known = self._started(), _content(run.query, run.images), dict(run.context)
        if run.provider is not None:
            known["_provider_override"] = {"name": run.provider.name, "key": run.provider.key}
        async with self._free_runs:
            try:
                async with asyncio.timeout(self.timeout_seconds) as deadline:
                    reply = await runtime.run(
                        run.agent,
                        content,
                        run.session_id,
                        known,
                        admite_propuestas=self.takes_proposals,
                        desde_humano=True,
                    )
            except Exception as error:
                raise self._failure(error, agent=run.agent, expired=deadline.expired()) from error
        return failures.answer(
            text=reply.get("answer") or "",
            blocked=bool(reply.get("blocked")),
            data=reply.get("data"),
            proposals=reply.get("propuestas"),
            usage=self._usage_of_trace(reply.get("trace")),
        )

    async def forget(self, *, agent: str, session_id: str) -> None:
        runtime = self._started()
        try:
            async with asyncio.timeout(self.timeout_seconds):
                is_known = await housekeeping.clear_session(runtime, agent=agent, session_id=session_id)
        except TimeoutError as error:
            raise failures.of_deadline(self.timeout_seconds) from error
        except Exception as error:
            raise failure_of(error) from error
        if not is_known:
            raise AgentFailedError(AgentFailure.UNKNOWN_AGENT, "no agent of that name")

    async def agents(self) -> tuple[str, ...]:
        return tuple(agent["name"] for agent in self._started().list_agents() if agent["status"] == "deployed")

    def _failure(self, error: Exception, *, agent: str, expired: bool) -> AgentFailedError:
        if expired:
            return failures.of_deadline(self.timeout_seconds)
        if isinstance(error, ValueError) and failures.names_no_agent(str(error)):
            reason = self._started().agent_error(agent) or "no agent of that name"
            return AgentFailedError(AgentFailure.UNKNOWN_AGENT, _one_line(reason))
        return failure_of(error)

    def _started(self) -> Any:
        if self._runtime is None:
            raise AgentFailedError(AgentFailure.NOT_READY, "the runtime in this process is not started")
        return self._runtime


def _content(query: str, images: Sequence[FetchedMedia]) -> str | list[dict[str, Any]]:
    """The text, or with images the content parts of an OpenAI-compatible model."""
    if not images:
        return query
    parts: list[dict[str, Any]] = [{"type": "text", "text": query}]
    for image in images:
        data = f"data:{image.mime_type};base64,{base64.b64encode(image.content).decode()}"
        parts.append({"type": "image_url", "image_url": {"url": data}})
    return parts


def _one_line(reason: object) -> str:
    return " ".join(str(reason).split())[:200]
