"""The command as it is installed."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from entrypoints.cli.commands import COMMANDS

TRUNKLINE = Path(sys.executable).with_name("trunkline")


def test_version_is_the_distributions() -> None:
    """`trunkline --version`, as a user types it."""
    done = subprocess.run([TRUNKLINE, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"trunkline {version('trunkline')}\n"


def modules_and_seconds(program: str) -> tuple[set[str], float]:
    """What a program has imported at its end, and its processor time: a busy machine changes it less than a clock."""
    ends = "import resource, sys; u = resource.getrusage(0); print(u.ru_utime + u.ru_stime, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", f"{program}\n{ends}"], capture_output=True, text=True, check=True)
    seconds, *modules = done.stdout.splitlines()[-1].split()
    return set(modules), float(seconds)


def test_help_is_quick() -> None:
    """It imports neither the framework nor the store's driver. It takes less than 0.1 s."""
    modules, seconds = modules_and_seconds("from entrypoints.cli import main; main(['--help'], standalone_mode=False)")

    assert modules & {"litestar", "redis", "httpx", "astromesh"} == set()
    assert seconds < 0.3


# What comes with the agents' runtime, the extra for traces and the tools of a developer, and has no use in a command.
FOREIGN = {"fastapi", "openai", "opentelemetry", "pydantic", "pygments", "starlette", "valkey", "watchfiles"}


def test_a_service_with_agents_elsewhere_starts_quickly() -> None:
    """It imports no agent runtime, and nothing that comes with one. It takes about 0.4 s."""
    modules, seconds = modules_and_seconds(
        "from entrypoints.cli.quick_import import import_quickly\n"
        "import_quickly('entrypoints.cli.serve')\n"
        "from entrypoints.bootstrap.container import Container\n"
        "from entrypoints.http.app import create_app\n"
        "from entrypoints.settings import ServiceSettings, Settings\n"
        "container = Container(settings=Settings(service=ServiceSettings(), channels=()))\n"
        "create_app(container.services()), container.worker(), container.agent()"
    )

    assert modules & {*FOREIGN, "astromesh", "rich", "simulator"} == set()
    assert seconds < 1.5


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"serve", "dev"}))
def test_a_command_imports_no_web_server(name: str) -> None:
    modules, seconds = modules_and_seconds(
        f"from entrypoints.cli import main; main(['{name}', '--help'], standalone_mode=False)"
    )

    assert modules & {*FOREIGN, "astromesh", "litestar", "uvicorn"} == set()
    assert seconds < 1
