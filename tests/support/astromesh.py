"""A real Astromesh server, as a process of its own."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import yaml

from adapters.astromesh.agent_files import prepare_agents
from adapters.astromesh.embedded import EmbeddedAstromesh

STARTED = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")


def agent_file(name: str, **spec: Any) -> dict[str, Any]:
    """A small agent. `spec` adds keys to it, or replaces them."""
    return {
        "apiVersion": "astromesh/v1",
        "kind": "Agent",
        "metadata": {"name": name},
        "spec": {
            "identity": {"role": "Assistant"},
            "prompts": {"system": "You are an assistant."},
            "orchestration": {"pattern": "react", "max_iterations": 3},
            **spec,
        },
    }


def write_agents(config_dir: Path, *agents: dict[str, Any]) -> Path:
    """Put agents where Astromesh looks for them; returns `config_dir`."""
    folder = config_dir / "agents"
    folder.mkdir(parents=True, exist_ok=True)
    for agent in agents:
        (folder / f"{agent['metadata']['name']}.agent.yaml").write_text(yaml.safe_dump(agent), encoding="utf-8")
    return config_dir


@contextlib.asynccontextmanager
async def embedded_astromesh(
    config_dir: Path, *, work_dir: Path, model_url: str | None = None, memory_url: str | None = None
) -> AsyncIterator[EmbeddedAstromesh]:
    """The agents of `config_dir` in this process, with this model and this memory."""
    effective = work_dir / "effective"
    prepare_agents(config_dir=config_dir, target=effective, model_url=model_url, memory_url=memory_url)
    agent = EmbeddedAstromesh(config_dir=effective)
    await agent.start()
    try:
        yield agent
    finally:
        await agent.close()


@contextlib.contextmanager
def running_astromesh(
    config_dir: Path, *, work_dir: Path, model_url: str | None = None, memory_url: str | None = None
) -> Iterator[str]:
    """Serve the agents of `config_dir`, with the model and the memory there; yields the server's address.

    What it logs is in `work_dir/astromesh.log`.
    """
    prepare_agents(config_dir=config_dir, target=work_dir / "effective", model_url=model_url, memory_url=memory_url)
    variables = {
        "ASTROMESH_CONFIG_DIR": str(work_dir / "effective"),
        "ASTROMESH_LOG_LEVEL": "WARNING",
        "ASTROMESH_PERSIST_AGENTS": "0",
    }
    with served_agents("astromesh.api.main:app", work_dir=work_dir, **variables) as url:
        yield url


@contextlib.contextmanager
def served_agents(*app: str, work_dir: Path, **variables: str) -> Iterator[str]:
    """Run uvicorn with these arguments and variables; yields the server's address."""
    log = work_dir / "astromesh.log"
    command = [sys.executable, "-m", "uvicorn", *app, "--host", "127.0.0.1", "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **variables}, cwd=work_dir, stdout=output, stderr=output)
    try:
        yield _address(process, log)
    finally:
        process.kill()  # it holds nothing that lasts, and would wait for runs nobody waits for any more
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path, *, within_seconds: float = 60) -> str:
    deadline = time.monotonic() + within_seconds
    while process.poll() is None and time.monotonic() < deadline:
        if started := STARTED.search(log.read_text(encoding="utf-8")):
            return started[1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(f"Astromesh did not start:\n{log.read_text(encoding='utf-8')}")
