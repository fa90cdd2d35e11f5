"""The keys of a WhatsApp entry: optional keys, keys that turn something off, and warnings."""

import pytest

from domain.conversations.loops import LoopPolicy
from domain.messages.outbound import TemplateCategory
from domain.policies.debounce import IMMEDIATE
from domain.policies.rate_limit import RateLimitPolicy
from entrypoints.settings import Secret
from entrypoints.settings.whatsapp import WhatsAppSettings
from support.configuration import HIDDEN, ConfigurationDirectory


def load(config: ConfigurationDirectory, environ: dict[str, str] | None = None) -> WhatsAppSettings:
    (channel,) = config.load(environ).channels
    assert isinstance(channel, WhatsAppSettings)
    return channel


@pytest.mark.parametrize("value", ["", "null", '""', '" "', "[]", '[""]', '"${UNSET}"', '"${EMPTY}"', '"${UNSET:-}"'])
def test_an_empty_app_secret_counts_as_missing(config: ConfigurationDirectory, value: str) -> None:
    """Anybody could sign with an empty secret."""
    config.write_whatsapp(app_secret=value)

    assert load(config, {"EMPTY": ""}).app_secret == ()


def test_an_app_secret_may_be_a_list(config: ConfigurationDirectory) -> None:
    """While it is rotated. The old one may be missing."""
    config.write_whatsapp(app_secret='["new", "${OLD:-}"]')

    assert load(config, {"OLD": "old"}).app_secret == (Secret("new"), Secret("old"))
    assert load(config).app_secret == (Secret("new"),)


@pytest.mark.parametrize("value", ["", "null", "false"])
def test_a_rate_limit_can_be_turned_off(config: ConfigurationDirectory, value: str) -> None:
    config.write_whatsapp(rate_limit=value)

    assert load(config).rate_limit is None


def test_a_rate_limit_needs_no_second_key(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(rate_limit="{max_messages: 5}")

    assert load(config).rate_limit == RateLimitPolicy(window_seconds=60, max_messages=5)


@pytest.mark.parametrize("value", ["null", "false"])
def test_loop_detection_can_be_turned_off(config: ConfigurationDirectory, value: str) -> None:
    config.write_whatsapp(loops=value)

    assert load(config).loops is None


def test_loop_detection_can_be_changed(config: ConfigurationDirectory) -> None:
    """Keys that are left out keep their defaults."""
    config.write_whatsapp(loops="{max_rounds: 5}")

    assert load(config).loops == LoopPolicy(max_rounds=5)


def test_a_late_template_may_name_its_category(config: ConfigurationDirectory) -> None:
    """For people who refuse marketing messages."""
    config.write_whatsapp(late_template="{name: back, language: en_US, category: utility}")

    template = load(config).late_template
    assert template is not None
    assert template.part.category is TemplateCategory.UTILITY


def test_debounce_can_be_turned_off(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(debounce_seconds="0")

    assert load(config).debounce == IMMEDIATE


def test_a_session_may_be_kept_apart_by_channel(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(session_id='"{channel}/{user}"')

    assert load(config).session_id == "{channel}/{user}"


@pytest.mark.parametrize(("name", "session_id"), [("whatsapp", "{user}"), ("whatsapp-sales", "{channel}:{user}")])
def test_only_the_guides_entry_has_the_bare_number_for_a_session(
    config: ConfigurationDirectory, name: str, session_id: str
) -> None:
    """Other numbers have other people, and so sessions of their own."""
    config.write_whatsapp(type="whatsapp")
    config.write_channels((config.path / "channels.yaml").read_text().replace("  whatsapp:", f"  {name}:"))

    assert load(config).session_id == session_id


def test_an_empty_verify_token_is_warned_about(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(verify_token='""')

    (warning,) = config.load().warnings()

    assert warning.startswith("channels.whatsapp: verify_token is empty, so Meta's verification")


def test_verify_token_may_be_a_list(config: ConfigurationDirectory) -> None:
    """While it is replaced. An empty one is none."""
    config.write_whatsapp(verify_token='["${NEW}", "${OLD:-}"]')

    assert load(config, {"NEW": "new"}).verify_token == (Secret("new"),)
    assert load(config, {"NEW": "new", "OLD": "old"}).verify_token == (Secret("new"), Secret("old"))


def test_a_variable_of_the_verify_token_that_is_not_set(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(verify_token='"${UNSET}"')

    assert "the environment variable UNSET is not set" in config.error()


@pytest.mark.parametrize("key", ["verify_token", "access_token", "app_secret"])
def test_white_space_around_a_secret_is_kept_and_warned_about(config: ConfigurationDirectory, key: str) -> None:
    """Guide, "Webhook verification fails": no trailing spaces."""
    config.write_whatsapp(**{key: f'"{HIDDEN}\\n"'})

    (warning,) = config.load().warnings()

    assert warning.startswith(f"channels.whatsapp: {key} begins or ends with white space")
    assert HIDDEN not in warning


def test_a_sound_channel_has_no_warning(config: ConfigurationDirectory) -> None:
    config.write_whatsapp()

    assert config.load().warnings() == ()
