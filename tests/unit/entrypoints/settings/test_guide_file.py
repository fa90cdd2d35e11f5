"""The integration guide's channels.yaml, and the files that come with Trunkline."""

from pathlib import Path

import pytest

from domain.policies.debounce import Debounce
from domain.policies.rate_limit import RateLimitPolicy
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.settings import Secret
from entrypoints.settings.whatsapp import WhatsAppSettings
from support.configuration import GUIDE_CHANNELS, GUIDE_ENVIRON, GUIDE_RATE_LIMIT, ConfigurationDirectory

SHIPPED = Path(__file__).parents[4] / "config"


def whatsapp(config: ConfigurationDirectory, environ: dict[str, str]) -> WhatsAppSettings:
    (channel,) = config.load(environ).channels
    assert isinstance(channel, WhatsAppSettings)
    return channel


def test_guide_file_works_unchanged(config: ConfigurationDirectory) -> None:
    """Guide, step 4: the four variables reach their keys, and default_agent is honoured."""
    config.write_channels(GUIDE_CHANNELS)

    channel = whatsapp(config, GUIDE_ENVIRON)

    assert channel.name == "whatsapp"
    assert channel.verify_token == (Secret("fake-verify-token"),)
    assert channel.access_token == Secret("EAABfakeaccesstoken")
    assert channel.phone_number_id == "106543218765432"
    assert channel.app_secret == (Secret("fake-app-secret"),)
    assert channel.default_agent == "whatsapp-assistant"


def test_guide_rate_limit_is_read(config: ConfigurationDirectory) -> None:
    """Guide, "Rate limiting": the block becomes a policy."""
    config.write_channels(GUIDE_CHANNELS + GUIDE_RATE_LIMIT.replace("30", "12"))

    assert whatsapp(config, GUIDE_ENVIRON).rate_limit == RateLimitPolicy(window_seconds=60, max_messages=12)


def test_guide_file_without_the_app_secret_is_unsigned_with_a_warning(config: ConfigurationDirectory) -> None:
    """Guide, step 3: WHATSAPP_APP_SECRET is optional; without it signatures are not checked."""
    config.write_channels(GUIDE_CHANNELS)
    environ = {name: value for name, value in GUIDE_ENVIRON.items() if name != "WHATSAPP_APP_SECRET"}

    settings = config.load(environ)

    assert whatsapp(config, environ).app_secret == ()
    (warning,) = settings.warnings()
    assert "channels.whatsapp: app_secret is not set" in warning


@pytest.mark.parametrize("name", sorted(set(GUIDE_ENVIRON) - {"WHATSAPP_APP_SECRET"}))
def test_guide_file_without_a_needed_variable_says_which(config: ConfigurationDirectory, name: str) -> None:
    """Only the app secret may be unset."""
    config.write_channels(GUIDE_CHANNELS)
    key = name.removeprefix("WHATSAPP_").lower()

    error = config.error({other: value for other, value in GUIDE_ENVIRON.items() if other != name})

    assert error.startswith(f"{config.path / 'channels.yaml'}: channels.whatsapp.{key}: ")
    assert error.endswith(f"; set the environment variable {name}")


def test_all_unset_variables_are_reported_together(config: ConfigurationDirectory) -> None:
    config.write_channels(GUIDE_CHANNELS)

    errors = config.errors({})

    assert len(errors) == 3


def test_shipped_files_work_and_state_the_defaults(config: ConfigurationDirectory) -> None:
    """The values in the shipped files are the defaults."""
    config.write_channels(GUIDE_CHANNELS)

    shipped = load_settings(config_dir=SHIPPED, environ=GUIDE_ENVIRON)

    assert shipped == config.load(GUIDE_ENVIRON)


def test_defaults_of_a_channel(config: ConfigurationDirectory) -> None:
    config.write_channels(GUIDE_CHANNELS)

    channel = whatsapp(config, GUIDE_ENVIRON)

    assert channel.api_url == "https://graph.facebook.com"
    assert channel.api_version == "v25.0"
    assert channel.rate_limit == RateLimitPolicy(window_seconds=60, max_messages=30)
    assert channel.debounce == Debounce(quiet_seconds=1, cap_seconds=5)
    assert channel.session_id == "{user}"
    assert not channel.allow_unsigned
