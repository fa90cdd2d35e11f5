"""Secrets are never shown."""

import json
import logging

import attrs
import pytest
import structlog
from rich.pretty import pretty_repr

from entrypoints.settings import AgentsSettings, Secret, ServiceSettings, Settings
from entrypoints.settings.secret import without_credentials
from entrypoints.settings.whatsapp import WhatsAppSettings

HIDDEN = "fake-but-hidden"
SETTINGS = Settings(
    service=ServiceSettings(
        store=f"redis://user:{HIDDEN}@store:6379/0?password={HIDDEN}",
        agents=AgentsSettings(url=f"http://user:{HIDDEN}@agents:8000"),
        admin_token=Secret(HIDDEN),
    ),
    channels=(
        WhatsAppSettings(
            name="whatsapp",
            verify_token=(Secret(HIDDEN),),
            access_token=Secret(HIDDEN),
            phone_number_id="1",
            app_secret=(Secret(HIDDEN),),
            default_agent="a",
        ),
    ),
)


def test_a_secret_reveals_itself_only_when_asked() -> None:
    secret = Secret(HIDDEN)

    assert secret.reveal() == HIDDEN
    assert HIDDEN not in f"{secret} {secret!r} {[secret]}"


def test_secrets_compare_by_value() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret("a")


def test_no_way_of_printing_settings_shows_a_secret() -> None:
    """Neither repr, nor attrs' dictionaries, nor rich, which looks into attrs classes by itself."""
    service = attrs.evolve(SETTINGS.service, store="embedded", agents=AgentsSettings())
    dictionary = attrs.asdict(attrs.evolve(SETTINGS, service=service))

    assert HIDDEN not in repr(SETTINGS)
    assert HIDDEN not in str(SETTINGS)
    assert HIDDEN not in pretty_repr(SETTINGS.channels)
    assert HIDDEN not in repr(dictionary)
    assert HIDDEN not in json.dumps(dictionary, default=str)


def test_no_log_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    render = structlog.processors.JSONRenderer()

    logging.getLogger(__name__).warning("settings %s", SETTINGS)
    rendered = render(None, "info", {"settings": SETTINGS, "token": Secret(HIDDEN)})

    assert "store:6379" in caplog.text
    assert HIDDEN not in caplog.text
    assert HIDDEN not in str(rendered)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("embedded", "embedded"),
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("rediss://user:p@ss@host:6379/0", "rediss://host:6379/0"),
        ("redis://:pass@[::1]:6379", "redis://[::1]:6379"),
        ("unix:///run/valkey.sock?password=pass", "unix:///run/valkey.sock"),
    ],
)
def test_addresses_are_shown_without_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown
