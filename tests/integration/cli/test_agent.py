"""`trunkline agent`, over a real store."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main

ANA = "whatsapp:15550002222"


@pytest.fixture
def config_dir(config_dir: Path) -> Path:
    with (config_dir / "service.yaml").open("a") as service:
        service.write("agents: {url: 'http://127.0.0.1:1'}\n")
    return config_dir


def agent(config_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["agent", *arguments, "--config-dir", str(config_dir)])


def test_show_set_and_reset(config_dir: Path) -> None:
    """Where the runtime is away, any name is taken."""
    shown = [
        agent(config_dir, "show", ANA).stdout,
        agent(config_dir, "set", ANA, "billing").stdout,
        agent(config_dir, "show", "whatsapp:+1 555 000-2222").stdout,
        agent(config_dir, "reset", ANA).stdout,
    ]

    assert shown == [f"{ANA}  {name}\n" for name in ("whatsapp-assistant", "billing", "billing", "whatsapp-assistant")]
    found = json.loads(agent(config_dir, "show", ANA, "--json").stdout)
    assert found == {"conversation": ANA, "agent": "whatsapp-assistant"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["show", "fax:1"], "Error: no channel named 'fax'\n"),
        (["set", ANA, ""], "Error: is no name of an agent; write up to 100 characters in one line\n"),
    ],
)
def test_mistakes(config_dir: Path, arguments: list[str], error: str) -> None:
    """One line on stderr."""
    result = agent(config_dir, *arguments)

    assert result.exit_code == 1
    assert result.stderr == error
