"""The command as it is installed."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

TRUNKLINE = Path(sys.executable).with_name("trunkline")


def test_version_is_the_distributions() -> None:
    """`trunkline --version`, as a user types it."""
    done = subprocess.run([TRUNKLINE, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"trunkline {version('trunkline')}\n"


def test_help_is_quick() -> None:
    """It imports neither the framework nor the store's driver."""
    program = (
        "import sys; from entrypoints.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"litestar", "redis", "httpx", "astromesh"} & set(done.stdout.split())
