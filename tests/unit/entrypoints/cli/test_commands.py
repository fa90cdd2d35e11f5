"""The command line: help, versions, and what it says about mistakes."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from entrypoints.cli.commands import COMMANDS
from entrypoints.observability.terminal import printable

CHANNELS = """
channels:
  whatsapp:
    verify_token: not-a-real-token
    access_token: not-a-real-token
    phone_number_id: "100000000000001"
    app_secret: not-a-real-secret
    default_agent: whatsapp-assistant
"""


def trunkline(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, arguments)


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    (tmp_path / "channels.yaml").write_text(CHANNELS)
    (tmp_path / "service.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    return tmp_path


def test_help_names_every_command() -> None:
    """One screen, one line each."""
    result = trunkline("--help")

    assert result.exit_code == 0
    lines_logged = " ".join(result.output.split())
    assert all(f"{name} {purpose}" in lines_logged for name, purpose in COMMANDS.items())


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["dev"],
        ["doctor"],
        ["chat"],
        *(["dead-letters", name] for name in ("list", "show", "replay", "discard")),
    ],
)
def test_every_command_takes_a_config_dir(command: Sequence[str]) -> None:
    """As the README says, without an exception to remember."""
    result = trunkline(*command, "--help")

    assert result.exit_code == 0
    assert "--config-dir DIRECTORY" in result.output
    assert "TRUNKLINE_CONFIG_DIR" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["serve", "--role", "both"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "http"],
        ["dead-letters", "show"],
        ["dead-letters", "list", "--limit", "0"],
        ["doctor", "--nonsense"],
    ],
)
def test_wrong_arguments_are_a_usage_error(arguments: Sequence[str]) -> None:
    """Exit code 2, and how it is used."""
    result = trunkline(*arguments)

    assert result.exit_code == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize(
    "command",
    [["serve"], ["dead-letters", "list"], ["dead-letters", "replay", "0.1-0"]],
    ids=" ".join,
)
def test_a_missing_configuration_is_said_plainly(command: Sequence[str], tmp_path: Path) -> None:
    """One line on stderr that names the file; no traceback."""
    result = trunkline(*command, "--config-dir", str(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {tmp_path / 'channels.yaml'}: there is no such file")
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_said_plainly(config_dir: Path) -> None:
    """The commonest mistake of all."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = trunkline("serve", "--role", "web", "--port", str(port), "--config-dir", str(config_dir))

    assert result.exit_code == 1
    assert f"Error: cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr


def test_a_store_that_is_away_is_said_plainly(config_dir: Path) -> None:
    """The driver's reason in one line."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    (config_dir / "service.yaml").write_text(f"store: redis://127.0.0.1:{port}\n")

    result = trunkline("dead-letters", "list", "--config-dir", str(config_dir))

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Connection refused" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_doctor_says_what_is_wrong_with_a_configuration(tmp_path: Path) -> None:
    """A finding like any other, also in JSON; exit code 1."""
    result = trunkline("doctor", "--json", "--config-dir", str(tmp_path))

    findings = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [finding["status"] for finding in findings] == ["failed"]


def test_doctor_offline_finds_a_good_configuration_good(config_dir: Path) -> None:
    """Nothing is connected to; exit code 0."""
    result = trunkline("doctor", "--offline", "--config-dir", str(config_dir))

    assert result.exit_code == 0, result.output
    assert "ok: configuration: " in result.stdout


def test_strangers_text_cannot_steer_the_terminal() -> None:
    """Escape sequences are shown as what they are: nothing one can read."""
    assert printable("a\x1b[2Jb\x07\nc\u202e") == "a\ufffd[2Jb\ufffd\nc\ufffd"
