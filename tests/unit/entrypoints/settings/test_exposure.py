"""Webhooks without signatures are only served on this machine."""

import pytest

from entrypoints.settings import ConfigurationError, Settings, refuse_exposed
from support.configuration import ConfigurationDirectory


def settings(config: ConfigurationDirectory, host: str, **keys: str) -> Settings:
    config.write_whatsapp(**keys)
    return config.load({"TRUNKLINE_HTTP_HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_unsigned_webhooks_are_fine_on_this_machine(config: ConfigurationDirectory, host: str) -> None:
    refuse_exposed(settings(config, host, app_secret=""))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", "localhost.example.com"])  # noqa: S104  refused, not bound
def test_unsigned_webhooks_are_refused_beyond_this_machine(config: ConfigurationDirectory, host: str) -> None:
    exposed = settings(config, host, app_secret="")

    with pytest.raises(ConfigurationError) as caught:
        refuse_exposed(exposed)

    assert str(caught.value).startswith("channels.yaml: channels.whatsapp.app_secret: is not set, and the service")
    assert str(caught.value).endswith(
        "; set it, or listen on 127.0.0.1, or write allow_unsigned: true into the channel"
    )


def test_signed_webhooks_may_come_from_anywhere(config: ConfigurationDirectory) -> None:
    refuse_exposed(settings(config, "192.168.1.5"))


def test_unsigned_webhooks_can_be_allowed_from_anywhere(config: ConfigurationDirectory) -> None:
    """The warning stays."""
    allowed = settings(config, "192.168.1.5", app_secret="", allow_unsigned="true")

    refuse_exposed(allowed)

    assert "app_secret is not set" in allowed.warnings()[0]
