"""Copies of agent files that this machine can run: with a memory, and with a local model where there is no key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

PATTERN = "*.agent.yaml"


class AgentFileError(ValueError):
    """A file is not an agent. The message names the file and says what is wrong."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


def prepare_agents(
    *,
    config_dir: Path,
    target: Path,
    memory_url: str | None = None,
    model_url: str | None = None,
    tools: Sequence[Mapping[str, object]] = (),
) -> None:
    """Write a copy of the Astromesh configuration `config_dir` into `target`, and complete its agents.

    `memory_url` (`redis://...` or `unix:///path/to/socket`) goes to each agent with a conversational memory in Redis
    and no address of it: Astromesh has no default, and would run the agent without memory. `model_url`, such as
    `http://127.0.0.1:9000/v1`, replaces the model of every agent by the OpenAI-compatible one there. Each agent gets
    `tools` beside its own. Everything except `agents/` is linked. `target` belongs to one process, and its former
    content is replaced.

    Raises:
        AgentFileError: a file is not an agent.
    """
    agents = {path.name: _read(path) for path in sorted((config_dir / "agents").glob(PATTERN))}
    folder = target / "agents"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for stale in folder.glob(PATTERN):
        stale.unlink()
    for name, agent in agents.items():
        if memory_url is not None:
            _connect_memory(agent["spec"], memory_url)
        if model_url is not None:
            agent["spec"]["model"] = _offline_model(model_url)
        if tools:
            agent["spec"]["tools"] = [*(agent["spec"].get("tools") or []), *map(dict, tools)]
        path = folder / name
        path.touch(mode=0o600)  # the address of the memory may hold a password
        path.write_text(yaml.safe_dump(agent, sort_keys=False), encoding="utf-8")
    _link_the_rest(config_dir, target)


def _read(path: Path) -> dict[str, Any]:
    try:
        agent = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AgentFileError(path, " ".join(str(error).split())) from error
    match agent:
        case {"metadata": {"name": str()}, "spec": dict()}:
            return dict(agent)
        case _:
            raise AgentFileError(path, "an agent needs a metadata.name and a spec")


def _connect_memory(spec: dict[str, Any], url: str) -> None:
    match spec.get("memory"):
        case {"conversational": {"backend": "redis"} as conversational}:
            conversational.setdefault("connection", {"url": url})


def _offline_model(url: str) -> dict[str, Any]:
    primary = {
        "provider": "openai_compat",
        "model": "scripted",
        "endpoint": url,
        "api_key": "none-needed",
        "context_window": 128_000,
    }
    return {"primary": primary}


def _link_the_rest(config_dir: Path, target: Path) -> None:
    for link in target.iterdir():
        if link.is_symlink():
            link.unlink()
    for entry in config_dir.resolve().iterdir():
        if entry.name != "agents":
            (target / entry.name).symlink_to(entry)
