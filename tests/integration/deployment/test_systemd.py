"""The systemd unit, by systemd itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from entrypoints.settings import WorkerSettings
from support.documents import ROOT

UNIT = ROOT / "deploy" / "systemd" / "trunkline.service"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
# Tenths. A service without any protection has 96.
MAX_EXPOSURE = 20


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a command that exists here."""
    path = tmp_path / UNIT.name
    path.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/trunkline/.venv/bin/trunkline", "/bin/true"))
    return path


def settings() -> dict[str, str]:
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@needs_systemd
def test_systemd_accepts_it(unit: Path) -> None:
    """It knows every key and every value."""
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_it_exposes_little(unit: Path) -> None:
    """System calls, capabilities, directories and devices are restricted."""
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", "--no-pager", unit]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_it_limits_what_the_service_takes() -> None:
    """Memory, tasks and files. Nobody else reads what it writes."""
    assert {"MemoryMax", "TasksMax", "LimitNOFILE", "SystemCallFilter"} <= settings().keys()
    assert settings()["UMask"] == "0077"


def test_a_worker_has_the_time_to_finish() -> None:
    """It is killed only after its grace period."""
    assert int(settings()["TimeoutStopSec"]) > WorkerSettings().grace_seconds + 5
