"""Agent files made ready for this machine."""

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.astromesh.agent_files import AgentFileError, prepare_agents
from support.astromesh import agent_file, write_agents

MEMORY = {"conversational": {"backend": "redis", "max_turns": 20}}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "effective"


def spec_in(directory: Path, name: str = "assistant") -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((directory / "agents" / f"{name}.agent.yaml").read_text(encoding="utf-8"))
    return loaded["spec"]


def test_without_a_wish_nothing_changes(config_dir: Path, target: Path) -> None:
    """The agents belong to the user, so nothing else changes."""
    write_agents(config_dir, agent_file("assistant", memory=MEMORY, model={"primary": {"provider": "openai"}}))

    prepare_agents(config_dir=config_dir, target=target)

    assert spec_in(target) == spec_in(config_dir)


def test_a_memory_gets_its_connection(config_dir: Path, target: Path) -> None:
    """An agent with a memory and no address uses our store."""
    write_agents(config_dir, agent_file("assistant", memory=MEMORY))

    prepare_agents(config_dir=config_dir, target=target, memory_url="unix:///run/store.sock")

    conversational = spec_in(target)["memory"]["conversational"]
    assert conversational == {"backend": "redis", "max_turns": 20, "connection": {"url": "unix:///run/store.sock"}}


def test_a_connection_that_is_written_down_stays(config_dir: Path, target: Path) -> None:
    """The user's own address is kept."""
    own = {"conversational": {"backend": "redis", "connection": {"url": "redis://memory:6379"}}}
    write_agents(config_dir, agent_file("assistant", memory=own))

    prepare_agents(config_dir=config_dir, target=target, memory_url="unix:///run/store.sock")

    assert spec_in(target)["memory"] == own


def test_an_agent_without_memory_gets_none(config_dir: Path, target: Path) -> None:
    """An agent may be without memory."""
    write_agents(config_dir, agent_file("assistant"))

    prepare_agents(config_dir=config_dir, target=target, memory_url="unix:///run/store.sock")

    assert "memory" not in spec_in(target)


def test_offline_every_model_is_replaced(config_dir: Path, target: Path) -> None:
    """All models of an agent become one."""
    roles = {"default": {"candidates": [{"source": "openai"}]}, "roles": {"summarizer": {"candidates": []}}}
    write_agents(config_dir, agent_file("assistant", model=roles))

    prepare_agents(config_dir=config_dir, target=target, model_url="http://127.0.0.1:9/v1")

    model = spec_in(target)["model"]
    assert list(model) == ["primary"]
    assert model["primary"]["endpoint"] == "http://127.0.0.1:9/v1"
    assert model["primary"]["provider"] == "openai_compat"


def test_a_missing_file_stays_missing(config_dir: Path, target: Path) -> None:
    """The target follows its source, file by file."""
    write_agents(config_dir, agent_file("assistant"), agent_file("dismissed"))
    prepare_agents(config_dir=config_dir, target=target)
    (config_dir / "agents" / "dismissed.agent.yaml").unlink()

    prepare_agents(config_dir=config_dir, target=target)

    assert [path.name for path in (target / "agents").iterdir()] == ["assistant.agent.yaml"]


def test_everything_beside_the_agents_is_linked(config_dir: Path, target: Path) -> None:
    """Astromesh looks for knowledge, providers and retrieval pipelines beside the agents."""
    write_agents(config_dir, agent_file("assistant"))
    (config_dir / "providers.yaml").write_text("spec: {}", encoding="utf-8")
    prepare_agents(config_dir=config_dir, target=target)

    prepare_agents(config_dir=config_dir, target=target)

    assert (target / "providers.yaml").read_text(encoding="utf-8") == "spec: {}"


def test_only_the_owner_can_read_the_files(config_dir: Path, target: Path) -> None:
    """The address of a memory may hold its password."""
    write_agents(config_dir, agent_file("assistant", memory=MEMORY))

    prepare_agents(config_dir=config_dir, target=target, memory_url="redis://:not-a-real-password@store:6379")

    assert stat.S_IMODE((target / "agents" / "assistant.agent.yaml").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["a: b: c", "- a list", "", "metadata: {name: x}", "metadata: {}\nspec: {}"])
def test_a_file_that_is_no_agent_is_named(config_dir: Path, target: Path, text: str) -> None:
    """The error names the file to correct, in one line."""
    (config_dir / "agents").mkdir(parents=True)
    (config_dir / "agents" / "odd.agent.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(AgentFileError, match=r"odd\.agent\.yaml: ") as failed:
        prepare_agents(config_dir=config_dir, target=target)

    assert "\n" not in str(failed.value)
