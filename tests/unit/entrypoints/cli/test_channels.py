"""`trunkline channels`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from support.configuration import REQUIRED_KEYS, ConfigurationDirectory
from support.plug_ins import WORKING, install


@pytest.fixture(autouse=True)
def config_dir(tmp_path: Path) -> Path:
    """A bot, and a number at an address where nobody answers."""
    number = REQUIRED_KEYS | {"api_url": "http://127.0.0.1:9"}
    ConfigurationDirectory(tmp_path).write_channels(
        "channels:\n  whatsapp:\n" + "".join(f"    {key}: {value}\n" for key, value in number.items()) + "  bot:\n"
        "    type: telegram\n    bot_token: 4711:AAFakeTokenOfATestBot_0123456789-abcdef\n    secret_token: a-secret\n"
        "    api_url: http://127.0.0.1:9\n    default_agent: assistant\n"
    )
    return tmp_path


def channels(config_dir: Path, command: str, *arguments: str) -> Result:
    invoked = ["channels", command, *arguments, "--config-dir", str(config_dir)]
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, invoked)


def test_lists_every_channel(config_dir: Path) -> None:
    """With its webhook, and whether it can be registered from here."""
    listed = channels(config_dir, "list")
    as_json = channels(config_dir, "list", "--json")

    assert listed.output == (
        "whatsapp  whatsapp  /v1/channels/whatsapp/webhook  (registered by hand)\n"
        "bot  telegram  /v1/channels/bot/webhook\n"
    )
    assert json.loads(as_json.output)[1] == {
        "name": "bot",
        "type": "telegram",
        "webhook": "/v1/channels/bot/webhook",
        "registers": True,
    }


@pytest.mark.parametrize("command", [["register", "sales", "--address", "https://example.com"], ["check", "sales"]])
def test_an_unknown_channel_is_refused_with_the_known_ones(config_dir: Path, command: list[str]) -> None:
    """In one line."""
    result = channels(config_dir, *command)

    assert result.exit_code == 1
    assert result.stderr == "Error: there is no channel sales; channels.yaml has whatsapp, bot\n"


@pytest.mark.parametrize(
    "command", [["register", "whatsapp", "--address", "https://a.example"], ["unregister", "whatsapp"]]
)
def test_a_webhook_that_is_registered_by_hand_is_named(config_dir: Path, command: list[str]) -> None:
    """Meta takes it on its own page only."""
    result = channels(config_dir, *command)

    assert result.exit_code == 1
    assert "registered on the provider's own page; it is /v1/channels/whatsapp/webhook" in result.stderr


@pytest.mark.parametrize("command", [["register", "bot", "--address", "https://example.com"], ["unregister", "bot"]])
def test_a_provider_that_does_not_answer_is_one_line(config_dir: Path, command: list[str]) -> None:
    """Without the token."""
    result = channels(config_dir, *command)

    assert result.exit_code == 1
    assert result.stderr == "Error: unreachable: not sent, no connection: ConnectError\n"


def test_registers_no_webhook_for_a_channel_that_fetches(config_dir: Path) -> None:
    """It would end the fetching. To unregister one is what such a channel needs."""
    written = (config_dir / "channels.yaml").read_text()
    ConfigurationDirectory(config_dir).write_channels(
        written.replace("type: telegram", "type: telegram\n    receive: polling")
    )

    registered = channels(config_dir, "register", "bot", "--address", "https://example.com")
    unregistered = channels(config_dir, "unregister", "bot")

    assert registered.exit_code == 1
    assert "bot fetches its messages, which a registered webhook would prevent" in registered.stderr
    assert "unreachable" in unregistered.stderr


def test_checks_one_channel(config_dir: Path) -> None:
    """As the doctor does."""
    result = channels(config_dir, "check", "whatsapp", "--json")

    assert result.exit_code == 1
    findings = {finding["name"]: finding["status"] for finding in json.loads(result.output)}
    assert findings == {
        "whatsapp: API version": "ok",
        "whatsapp: token and number": "failed",
        "whatsapp: webhook": "warning",
    }


def test_a_type_without_checks_says_so(config_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence would read like an error."""
    install(
        tmp_path,
        source=WORKING.replace("contract={contract}", "contract={contract}, checks=ChannelChecks()").replace(
            "from attrs import evolve", "from attrs import evolve\n    from entrypoints.doctor import ChannelChecks"
        ),
    )
    monkeypatch.syspath_prepend(tmp_path)
    written = (config_dir / "channels.yaml").read_text()
    ConfigurationDirectory(config_dir).write_channels(written.replace("  whatsapp:\n", "  desk:\n    type: telex\n"))

    result = channels(config_dir, "check", "desk")

    assert result.exit_code == 0
    assert "the type telex has no checks" in result.output
