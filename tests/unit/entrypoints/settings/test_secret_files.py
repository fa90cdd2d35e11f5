"""`NAME_FILE`: the value of the variable NAME is in a file, as the secrets of Docker and Kubernetes are."""

import os
from pathlib import Path

import pytest

from entrypoints.settings import Secret
from entrypoints.settings.environment import MAX_FILE_BYTES, with_values
from entrypoints.settings.whatsapp import WhatsAppSettings
from support.configuration import HIDDEN, ConfigurationDirectory


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(HIDDEN)
    return path


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_the_value_of_a_placeholder(config: ConfigurationDirectory, secret: Path, ending: str) -> None:
    """Without the line breaks at its end."""
    config.write_whatsapp(access_token='"${TOKEN}"')
    secret.write_bytes((HIDDEN + ending).encode())

    (channel,) = config.load({"TOKEN_FILE": str(secret)}).channels

    assert isinstance(channel, WhatsAppSettings)
    assert channel.access_token == Secret(HIDDEN)


def test_a_variable_that_replaces_a_key(config: ConfigurationDirectory, secret: Path) -> None:
    config.write_whatsapp()
    store = secret.with_name("store")
    store.write_text("redis://:fake-password@store:6379\n")

    service = config.load({"TRUNKLINE_ADMIN_TOKEN_FILE": str(secret), "TRUNKLINE_STORE_FILE": str(store)}).service

    assert service.admin_token == Secret(HIDDEN)
    assert service.store == "redis://:fake-password@store:6379"


def test_the_file_of_an_optional_secret(config: ConfigurationDirectory, secret: Path) -> None:
    """An empty file counts as an empty variable."""
    config.write_whatsapp()
    config.write_service('admin_token: "${ADMIN:-}"')

    assert config.load({"ADMIN_FILE": str(secret)}).service.admin_token == Secret(HIDDEN)
    secret.write_text("")
    assert config.load({"ADMIN_FILE": str(secret)}).service.admin_token is None


@pytest.mark.parametrize("unset", [{"TOKEN": ""}, {"TOKEN_FILE": ""}])
def test_an_empty_variable_beside_a_file(config: ConfigurationDirectory, secret: Path, unset: dict[str, str]) -> None:
    """Compose sets variables that nobody gave a value to the empty text."""
    config.write_whatsapp(access_token='"${TOKEN}"')
    given = {"TOKEN_FILE": str(secret)} if "TOKEN" in unset else {"TOKEN": HIDDEN}

    (channel,) = config.load({**given, **unset}).channels

    assert isinstance(channel, WhatsAppSettings)
    assert channel.access_token == Secret(HIDDEN)


@pytest.mark.parametrize("key", ["access_token", "admin_token"])
def test_both_are_given(config: ConfigurationDirectory, secret: Path, key: str) -> None:
    config.write_whatsapp(access_token='"${TOKEN:-other}"')
    variable = "TOKEN" if key == "access_token" else "TRUNKLINE_ADMIN_TOKEN"

    error = config.error({variable: "fake", f"{variable}_FILE": str(secret)})

    assert (
        f"{key}: the environment variables {variable} and {variable}_FILE are both set; unset one of the two" in error
    )


def test_a_file_that_cannot_be_used(config: ConfigurationDirectory, tmp_path: Path) -> None:
    """Each is reported with the variable and the reason, and without anything of the content."""
    config.write_whatsapp(
        verify_token='"${MISSING}"',
        access_token='"${LONG}"',
        app_secret='["${FOLDER}", "${PIPE}", "${BINARY}"]',
        phone_number_id='"${DIGITS}"',
    )
    for name, content in {"long": b"x" * (MAX_FILE_BYTES + 1), "binary": b"\xff", "digits": HIDDEN.encode()}.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    names = ("missing", "long", "folder", "pipe", "binary", "digits")

    for_all = config.errors({f"{name.upper()}_FILE": str(tmp_path / name) for name in names})
    only_binary = {"FOLDER": "a", "PIPE": "b", "LONG": "c", "MISSING": "d", "DIGITS": "1"}
    binary = config.error({**only_binary, "BINARY_FILE": str(tmp_path / "binary")})

    text = "\n".join(for_all)
    assert "verify_token: the file that MISSING_FILE names cannot be read (No such file or directory)" in text
    assert f"access_token: the file that LONG_FILE names has more than {MAX_FILE_BYTES} bytes" in text
    assert "app_secret: the file that FOLDER_FILE names is no regular file" in text
    assert "correct the environment variable FOLDER_FILE, or the file" in text
    assert "the value comes from the environment variable DIGITS_FILE" in text
    assert "the file that BINARY_FILE names is not UTF-8 text" in binary
    assert HIDDEN not in text


def test_a_pipe_is_not_waited_for(config: ConfigurationDirectory, tmp_path: Path) -> None:
    config.write_whatsapp(access_token='"${PIPE}"')
    os.mkfifo(tmp_path / "pipe")

    assert "PIPE_FILE names is no regular file" in config.error({"PIPE_FILE": str(tmp_path / "pipe")})


def test_a_value_of_our_own_replaces_the_file() -> None:
    """A supervisor tells its processes where the store is."""
    environ = with_values(
        {"TRUNKLINE_STORE_FILE": "/run/secrets/store", "PATH": "/bin"}, TRUNKLINE_STORE="unix:///store"
    )

    assert environ == {"PATH": "/bin", "TRUNKLINE_STORE": "unix:///store"}
