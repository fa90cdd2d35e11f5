"""Agents that run in this process. Where agents run elsewhere, nothing here does anything."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

from adapters.astromesh.agent_files import prepare_agents
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.injector import providers


@contextlib.contextmanager
def prepared_agents(
    container: Container,
    *,
    config_dir: Path,
    model_url: str | None = None,
    tools: Sequence[Mapping[str, object]] = (),
) -> Iterator[None]:
    """Prepare the files of the agents for as long as this is open. The store is the agents' memory.

    `model_url` is an OpenAI-compatible model to use in place of each agent's own. Each agent gets `tools` beside
    its own.

    Raises:
        AgentFileError: a file is not a valid agent.
    """
    if not _embedded(container):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="trunkline-agents-") as directory:
        target = Path(directory)
        prepare_agents(
            config_dir=config_dir,
            target=target,
            memory_url=container.memory_url(),
            model_url=model_url,
            tools=tools,
        )
        with container.agents_dir.override(providers.Object(target)):
            yield


@contextlib.asynccontextmanager
async def running_agents(container: Container) -> AsyncIterator[None]:
    """Run the agents for as long as this is open; `prepared_agents` comes first.

    Raises:
        AgentFailedError: the runtime does not start.
    """
    if not _embedded(container):
        yield
        return
    # Only where agents run in this process: it imports Astromesh.
    from adapters.astromesh.embedded import EmbeddedAstromesh  # noqa: PLC0415

    # There is one, unless a test has put another agent in its place.
    embedded = {id(runtime): runtime for _, runtime in container.runtimes() if isinstance(runtime, EmbeddedAstromesh)}
    async with contextlib.AsyncExitStack() as stack:
        for runtime in embedded.values():
            stack.push_async_callback(runtime.close)
            await runtime.start()
        yield


def _embedded(container: Container) -> bool:
    return any(agents.embedded for agents in container.settings().service.agents)
