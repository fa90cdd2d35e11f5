"""The keys of a Telegram entry."""

from pathlib import Path

import pytest

from entrypoints.bootstrap.configuration import load_settings
from entrypoints.settings import ConfigurationError, Secret
from entrypoints.settings.telegram import Receive, TelegramSettings

ENTRY = {"bot_token": '"4711:AAFake"', "secret_token": '"fake-secret"', "default_agent": "assistant"}


def load(directory: Path, **keys: str) -> TelegramSettings:
    lines = [f"    {key}: {value}" for key, value in (ENTRY | keys).items() if value]
    (directory / "channels.yaml").write_text("\n".join(("channels:", "  telegram:", *lines)))
    (channel,) = load_settings(config_dir=directory, environ={}).channels
    assert isinstance(channel, TelegramSettings)
    return channel


def test_three_keys_are_enough(tmp_path: Path) -> None:
    """The session is the channel's own: a user id has the same digits as somebody's phone number."""
    channel = load(tmp_path)

    assert channel.bot_token.reveal() == "4711:AAFake"
    assert channel.secret_token == (Secret("fake-secret"),)
    assert channel.session_id == "{channel}:{user}"
    assert channel.commands.start == ("/start",)
    assert channel.account == ("bot_token", "4711")


def test_a_secret_token_may_be_a_list(tmp_path: Path) -> None:
    """While it is replaced."""
    assert load(tmp_path, secret_token="[new, old]").secret_token == (Secret("new"), Secret("old"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bot_token", ""),
        ("bot_token", "4711"),
        ("bot_token", '"4711:A B"'),
        ("secret_token", ""),
        ("secret_token", "[]"),
        ("secret_token", '""'),
        ("secret_token", '"two words"'),
        ("secret_token", "[good, bad!]"),
    ],
)
def test_a_token_that_cannot_be_one_is_refused(tmp_path: Path, key: str, value: str) -> None:
    """The error names the key, and never the value."""
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path, **{key: value})

    assert f"channels.telegram.{key}" in str(raised.value)
    assert "bad!" not in str(raised.value)


def test_who_fetches_updates_needs_no_secret_token(tmp_path: Path) -> None:
    """Nobody can call the webhook then."""
    channel = load(tmp_path, receive="polling", secret_token="")

    assert channel.receive is Receive.POLLING
    assert channel.secret_token == ()


def test_another_way_to_receive_is_refused(tmp_path: Path) -> None:
    """The error names both ways."""
    with pytest.raises(
        ConfigurationError, match="receive: is not one of the possible values; write one of webhook, polling"
    ):
        load(tmp_path, receive="carrier")
