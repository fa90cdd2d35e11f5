"""The compose file: hardened, with a memory for the agents, and open to nobody."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from entrypoints.settings import WorkerSettings
from support.documents import ROOT

COMPOSE = ROOT / "deploy" / "compose.yaml"
OBSERVABILITY = ROOT / "deploy" / "observability" / "compose.yaml"
COMPOSE_LINT = Path(sys.executable).with_name("compose-lint")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"])


@pytest.mark.parametrize("path", [COMPOSE, OBSERVABILITY], ids=["service", "observability"])
def test_the_linter_finds_nothing_grave(path: Path) -> None:
    """With what the file includes. Images by tag, and no limit for processors, are left to the installation."""
    done = subprocess.run([COMPOSE_LINT, path], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_container_is_hardened(services: dict[str, dict[str, Any]]) -> None:
    """A root that is read-only, no capability, limits."""
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"]
        assert service["pids_limit"]


def test_what_watches_is_hardened_too() -> None:
    """And listens on this machine alone: neither asks for a password."""
    watching = yaml.safe_load(OBSERVABILITY.read_text(encoding="utf-8"))["services"]

    for service in watching.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_only_web_is_published(services: dict[str, dict[str, Any]]) -> None:
    """And only to this machine: a proxy adds HTTPS."""
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8080:8080"]}


def test_agents_have_a_memory_beside_the_messages(services: dict[str, dict[str, Any]]) -> None:
    """On the same server, in another database. Their server answers only Trunkline's calls."""
    astromesh = services["astromesh"]

    assert "adapters.astromesh.server:create_app" in astromesh["entrypoint"]
    assert astromesh["environment"]["TRUNKLINE_STORE"] == "redis://valkey:6379/1"
    assert services["worker"]["environment"]["TRUNKLINE_STORE"] == "redis://valkey:6379/0"
    assert not [name for name in astromesh["environment"] if name.startswith("WHATSAPP_")]


def test_a_worker_has_the_time_to_finish(services: dict[str, dict[str, Any]]) -> None:
    """It is killed only after its grace period."""
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) > WorkerSettings().grace_seconds + 5


def test_its_image_is_that_of_this_version(services: dict[str, dict[str, Any]]) -> None:
    """Built from this checkout."""
    version = services["web"]["image"].removeprefix("trunkline:")

    assert f'\nversion = "{version}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert services["astromesh"]["image"] == services["worker"]["image"] == services["web"]["image"]
