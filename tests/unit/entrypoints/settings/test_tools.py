"""The block `tools` of service.yaml."""

import pytest

from entrypoints.settings import ConfigurationError
from support.configuration import ConfigurationDirectory

SECRET = "s" * 32


@pytest.fixture
def config(config: ConfigurationDirectory) -> ConfigurationDirectory:
    config.write_whatsapp()
    return config


def test_without_the_block_tools_may_ask_for_nothing(config: ConfigurationDirectory) -> None:
    assert config.load({}).service.tools is None


def test_secrets_come_from_the_environment_and_are_not_shown(config: ConfigurationDirectory) -> None:
    """Several of them, while one is replaced."""
    config.write_service('tools: {secret: ["${NEW}", "${OLD}"], send_messages: true}')

    tools = config.load({"NEW": SECRET, "OLD": "o" * 32}).service.tools

    assert tools is not None
    assert ([secret.reveal() for secret in tools.secret], tools.send_messages) == ([SECRET, "o" * 32], True)
    assert SECRET not in repr(tools)


@pytest.mark.parametrize("written", ["send_messages: true", 'secret: ""', "secret: too-short", "secret: []"])
def test_a_secret_must_be_long(config: ConfigurationDirectory, written: str) -> None:
    """Who guesses it can write to everybody."""
    config.write_service(f"tools: {{{written}}}")

    with pytest.raises(ConfigurationError, match=r"tools\.secret"):
        config.load({})


def test_files_have_an_address(config: ConfigurationDirectory) -> None:
    """A password in it is not shown."""
    config.write_service(
        f"tools: {{secret: {SECRET}, files_url: 'http://user:hidden@trunkline:8080/', file_seconds: 60}}"
    )

    tools = config.load({}).service.tools

    assert tools is not None
    assert (tools.send_messages, tools.file_seconds) == (False, 60)
    assert "hidden" not in repr(tools)


@pytest.mark.parametrize(("keys", "key"), [("files_url: trunkline", "files_url"), ("file_seconds: 5", "file_seconds")])
def test_a_mistake_about_files_is_named(config: ConfigurationDirectory, keys: str, key: str) -> None:
    config.write_service(f"tools: {{secret: {SECRET}, {keys}}}")

    with pytest.raises(ConfigurationError, match=rf"tools\.{key}"):
        config.load({})
