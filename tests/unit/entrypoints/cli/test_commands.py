"""The command line: help, version, and error messages."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from entrypoints.cli.commands import COMMANDS
from entrypoints.observability.terminal import printable
from entrypoints.settings import load_settings
from support.configuration import CHANNELS
from support.service import CREDENTIALS


def trunkline(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, arguments)


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    (tmp_path / "channels.yaml").write_text(CHANNELS)
    (tmp_path / "service.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    return tmp_path


def test_help_names_every_command() -> None:
    """One line each, on one screen."""
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
        *(["channels", name] for name in ("list", "register", "check", "unregister")),
        ["init"],
        *(["dead-letters", name] for name in ("list", "show", "replay", "discard")),
    ],
)
def test_every_command_takes_a_config_dir(command: Sequence[str]) -> None:
    """As the README says."""
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
    """Exit code 2, and the usage."""
    result = trunkline(*arguments)

    assert result.exit_code == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize(
    "command",
    [["serve"], ["dead-letters", "list"], ["dead-letters", "replay", "0.1-0"]],
    ids=" ".join,
)
def test_a_missing_configuration_is_one_line(command: Sequence[str], tmp_path: Path) -> None:
    """On stderr, with the name of the file and without a traceback."""
    result = trunkline(*command, "--config-dir", str(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {tmp_path / 'channels.yaml'}: there is no such file")
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_one_line(config_dir: Path) -> None:
    """The most common mistake."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = trunkline("serve", "--port", str(port), "--config-dir", str(config_dir))

    assert result.exit_code == 1
    assert f"Error: cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr


def test_an_unreachable_store_is_one_line(config_dir: Path) -> None:
    """With the driver's reason."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    (config_dir / "service.yaml").write_text(f"store: redis://127.0.0.1:{port}\n")

    result = trunkline("dead-letters", "list", "--config-dir", str(config_dir))

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Connection refused" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_doctor_reports_an_invalid_configuration(tmp_path: Path) -> None:
    """As a finding, also in JSON. Exit code 1."""
    result = trunkline("doctor", "--json", "--config-dir", str(tmp_path))

    findings = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [finding["status"] for finding in findings] == ["failed"]


def test_doctor_reports_certificates_that_cannot_be_used(config_dir: Path) -> None:
    """They are read when the checks begin."""
    agents = "agents: {url: 'https://agents.example', ca_file: /nowhere/authority.pem}\n"
    (config_dir / "service.yaml").write_text(agents, encoding="utf-8")

    result = trunkline("doctor", "--offline", "--json", "--config-dir", str(config_dir))

    (finding,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert "agents: certificates cannot be used (No such file or directory)" in finding["message"]


def test_doctor_offline_accepts_a_valid_configuration(config_dir: Path) -> None:
    """It connects to nothing. Exit code 0."""
    result = trunkline("doctor", "--offline", "--config-dir", str(config_dir))

    assert result.exit_code == 0, result.output
    assert "ok: configuration: " in result.stdout


def test_text_of_strangers_cannot_control_the_terminal() -> None:
    """Escape sequences are removed."""
    assert printable("a\x1b[2Jb\x07\nc\u202e") == "a\ufffd[2Jb\ufffd\nc\ufffd"


def test_init_writes_a_configuration_that_loads(tmp_path: Path) -> None:
    """With its comments, and with the agent that it names."""
    config = tmp_path / "config"

    result = trunkline("init", "--config-dir", str(config))

    assert result.exit_code == 0, result.output
    assert result.stdout.split() == [str(path) for path in sorted(config.rglob("*.yaml"))]
    assert "# " in (config / "channels.yaml").read_text(encoding="utf-8")
    (channel,) = load_settings(config_dir=config, environ=CREDENTIALS).channels
    assert (config / "agents" / f"{channel.default_agent}.agent.yaml").exists()


def test_init_changes_no_existing_file(tmp_path: Path) -> None:
    """It writes those that are missing, and says which stay."""
    (tmp_path / "service.yaml").write_text("log_level: debug\n")

    result = trunkline("init", "--config-dir", str(tmp_path))

    assert result.exit_code == 0
    assert f"{tmp_path / 'service.yaml'} is there already" in result.stderr
    assert str(tmp_path / "channels.yaml") in result.stdout
    assert (tmp_path / "service.yaml").read_text() == "log_level: debug\n"


def test_init_into_a_file_is_one_line(tmp_path: Path) -> None:
    """The directory cannot be made."""
    (tmp_path / "file").touch()

    result = trunkline("init", "--config-dir", str(tmp_path / "file" / "config"))

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
