"""The entries of channels.yaml."""

import pytest

from domain.debounce import IMMEDIATE
from domain.rate_limit import RateLimitPolicy
from entrypoints.settings import Secret, WhatsAppSettings
from support.configuration import REQUIRED_KEYS, ConfigurationDirectory

HIDDEN = "fake-but-hidden"


def load(config: ConfigurationDirectory, environ: dict[str, str] | None = None) -> WhatsAppSettings:
    (channel,) = config.load(environ).channels
    assert isinstance(channel, WhatsAppSettings)
    return channel


@pytest.mark.parametrize("key", [key for key in REQUIRED_KEYS if key != "app_secret"])
def test_a_missing_key_is_named(config: ConfigurationDirectory, key: str) -> None:
    config.write_whatsapp(without=key)

    assert config.error() == f"{config.path / 'channels.yaml'}: channels.whatsapp.{key}: is missing; add this key"


def test_a_misspelt_key_is_named_with_the_right_one(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(defualt_agent="x")

    assert ": channels.whatsapp: unknown key defualt_agent; did you mean default_agent?" in config.error()


def test_an_unknown_key_is_named_with_all_known_ones(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(zzz="1")

    error = config.error()

    assert "channels.whatsapp: unknown key zzz; remove it; known keys are " in error
    assert "debounce_seconds" in error


def test_a_key_that_is_no_text_is_named(config: ConfigurationDirectory) -> None:
    config.write_whatsapp("1: x\nfoo: x\n")

    assert "channels.whatsapp: unknown key 1; unknown key foo; " in config.error()


def test_a_number_without_quotes_is_refused(config: ConfigurationDirectory) -> None:
    """YAML would drop leading zeros; nothing is converted silently."""
    config.write_whatsapp(phone_number_id="106543218765432")

    expected = "channels.whatsapp.phone_number_id: must be text, but is a number; put the value in quotes"
    assert expected in config.error()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("verify_token", "123", "must be text, but is a number; put the value in quotes"),
        ("verify_token", "yes", "must be text, but is true or false; put the value in quotes"),
        ("verify_token", "2026-01-01", "must be text, but is a date; put the value in quotes"),
        ("verify_token", "", "must be text, but is nothing; give it a value"),
        ("verify_token", "[a]", "must be text, but is a list; write a single text"),
        ("access_token", "{a: b}", "must be text, but is a block of keys; write a single text"),
        ("access_token", '""', "is empty; give it a value"),
        ("access_token", '" "', "is empty; give it a value"),
        ("whatsapp_business_account_id", '"my shop"', "must be digits only; copy the WhatsApp Business Account ID"),
        ("phone_number_id", '"+1 555 0100"', "must be digits only; copy the Phone number ID (not the phone number)"),
        ("default_agent", '""', "is empty; give it a value"),
        ("app_secret", "123", "must be text, but is a number; put the value in quotes"),
        ("app_secret", '["a", 5]', "must be text, but is a number; put the value in quotes"),
        ("app_secret", "{a: b}", "must be text, but is a block of keys; write a single text"),
        ("allow_unsigned", '"true"', "must be true or false, but is text; write true or false, without quotes"),
        ("allow_unsigned", "1", "must be true or false, but is a number; write true or false, without quotes"),
        ("api_url", "graph.facebook.com", "is not a web address; write it like "),
        ("api_url", '"http://[bad"', "is not a web address; write it like "),
        ("api_version", "25.0", "must be text, but is a number; put the value in quotes"),
        ("api_version", '"25.0"', "is not a Graph API version; write it like v25.0"),
        ("debounce_seconds", '"1"', "must be a finite number, but is text; write digits, without quotes"),
        ("debounce_seconds", "true", "must be a finite number, but is true or false; write digits, without quotes"),
        ("debounce_seconds", ".nan", "must be a finite number, but is a number; write digits, without quotes"),
        ("debounce_seconds", "-1", "'debounce_seconds' must be >= 0: -1.0; correct the number"),
        ("debounce_seconds", "6", "'debounce_seconds' must be <= 5.0: 6.0; correct the number"),
        ("language", "no", "must be text, but is true or false; put the value in quotes"),
        ("language", "pt-BR", "is not a language code; write the bare code of the language, like en or pt"),
        ("session_id", '"{phone}"', "has an unknown placeholder; use {user} for the person and {channel} for"),
        ("session_id", '"{user.name}"', "has an unknown placeholder; use {user} for the person"),
        ("session_id", '"{user!r}"', "has an unknown placeholder; use {user} for the person"),
        ("session_id", '"{user:>99}"', "has an unknown placeholder; use {user} for the person"),
        ("session_id", '"{}{user}"', "has an unknown placeholder; use {user} for the person"),
        ("session_id", '"{user"', "has an unmatched brace; use {user} for the person"),
        ("session_id", '"{channel}"', "lacks {user}, so that all people would share one memory; use {user}"),
        ("rate_limit", "30", "must be a block of keys, but is a number; write its keys indented on the lines below"),
        ("rate_limit", "true", "must be a block of keys, but is true or false; write its keys indented"),
        ("texts", "", "must be a block of keys, but is nothing; write its keys indented on the lines below"),
    ],
)
def test_a_wrong_value_is_named_with_its_mend(
    config: ConfigurationDirectory, key: str, value: str, message: str
) -> None:
    config.write_whatsapp(**{key: value})

    assert f"{config.path / 'channels.yaml'}: channels.whatsapp.{key}: {message}" in config.error()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("max_messages", "0", "'max_messages' must be > 0: 0; correct the number"),
        ("max_messages", "1.5", "must be a whole number, but is a number; write digits, without quotes"),
        ("max_messages", '"30"', "must be a whole number, but is text; write digits, without quotes"),
        ("window_seconds", "-60", "'window_seconds' must be > 0: -60.0; correct the number"),
    ],
)
def test_a_wrong_limit_is_named_with_its_mend(
    config: ConfigurationDirectory, key: str, value: str, message: str
) -> None:
    config.write_whatsapp(rate_limit=f"{{{key}: {value}}}")

    assert f"channels.whatsapp.rate_limit.{key}: {message}" in config.error()


def test_several_problems_are_reported_together(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(
        without="default_agent", phone_number_id="1", api_version="1", rate_limit="{max_messages: 0, windw_seconds: 1}"
    )

    errors = config.errors()

    assert [error.split(": ")[1] for error in sorted(errors)] == [
        "channels.whatsapp.api_version",
        "channels.whatsapp.default_agent",
        "channels.whatsapp.phone_number_id",
        "channels.whatsapp.rate_limit.max_messages",
        "channels.whatsapp.rate_limit",
    ]


def test_a_wrong_value_from_a_variable_names_the_variable(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(phone_number_id='"${NUMBER}"')

    error = config.error({"NUMBER": HIDDEN})

    assert error.endswith("(the value comes from the environment variable NUMBER)")


MISPLACES = ("phone_number_id", "api_url", "api_version", "session_id", "language", "debounce_seconds", "rate_limit")


@pytest.mark.parametrize("key", [*MISPLACES, "type", "allow_unsigned", "texts"])
def test_no_error_shows_a_value(config: ConfigurationDirectory, key: str) -> None:
    """It might be a secret in the wrong place, written out or from a variable."""
    hidden = f"{{{HIDDEN}"
    config.write_whatsapp(**{key: '"${MISPLACED}"'})
    from_variable = config.errors({"MISPLACED": hidden})
    config.write_whatsapp(**{key: f'"{hidden}"'})
    written = config.errors()

    assert HIDDEN not in "".join(from_variable + written)


def test_a_malformed_placeholder_is_named(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(app_secret='"${APP SECRET}"')

    expected = "channels.whatsapp.app_secret: holds a malformed placeholder; write ${NAME} or ${NAME:-default}"
    assert expected in config.error()


@pytest.mark.parametrize("value", ["", "null", '""', '" "', "[]", '[""]', '"${UNSET}"', '"${EMPTY}"', '"${UNSET:-}"'])
def test_an_empty_app_secret_is_none(config: ConfigurationDirectory, value: str) -> None:
    """Anybody could sign with an empty secret."""
    config.write_whatsapp(app_secret=value)

    assert load(config, {"EMPTY": ""}).app_secret == ()


def test_an_app_secret_may_be_a_list(config: ConfigurationDirectory) -> None:
    """For the time of a rotation; the old one may be gone."""
    config.write_whatsapp(app_secret='["new", "${OLD:-}"]')

    assert load(config, {"OLD": "old"}).app_secret == (Secret("new"), Secret("old"))
    assert load(config).app_secret == (Secret("new"),)


@pytest.mark.parametrize("value", ['["new", "${OLD}"]', '"sha-${OLD}"'])
def test_an_unset_variable_beside_others_is_an_error(config: ConfigurationDirectory, value: str) -> None:
    """Only a key that would hold nothing else may do without."""
    config.write_whatsapp(app_secret=value)

    assert config.error().endswith("; set the environment variable OLD")


@pytest.mark.parametrize("value", ["", "null", "false"])
def test_a_rate_limit_can_be_taken_away(config: ConfigurationDirectory, value: str) -> None:
    config.write_whatsapp(rate_limit=value)

    assert load(config).rate_limit is None


def test_a_rate_limit_needs_no_second_key(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(rate_limit="{max_messages: 5}")

    assert load(config).rate_limit == RateLimitPolicy(window_seconds=60, max_messages=5)


def test_debounce_can_be_taken_away(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(debounce_seconds="0")

    assert load(config).debounce == IMMEDIATE


def test_a_session_may_be_kept_apart_by_channel(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(session_id='"{channel}/{user}"')

    assert load(config).session_id == "{channel}/{user}"


def test_an_empty_verify_token_is_warned_about(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(verify_token='""')

    (warning,) = config.load().warnings()

    assert warning.startswith("channels.whatsapp: verify_token is empty, so Meta's verification")


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


def entry(name: str, number: str = "1", more: str = "") -> str:
    keys = {**REQUIRED_KEYS, "phone_number_id": f'"{number}"'}
    return f"  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in keys.items()) + more


def test_two_numbers_are_two_entries(config: ConfigurationDirectory) -> None:
    config.write_channels("channels:\n" + entry("whatsapp", "1") + entry("sales", "2", "    type: whatsapp\n"))

    assert [channel.name for channel in config.load().channels] == ["whatsapp", "sales"]


def test_two_entries_cannot_share_a_number(config: ConfigurationDirectory) -> None:
    config.write_channels("channels:\n" + entry("whatsapp") + entry("sales", more="    type: whatsapp\n"))

    expected = (
        "channels.sales.phone_number_id: is the same as that of channels.whatsapp; keep one entry for each number"
    )
    assert expected in config.error()


@pytest.mark.parametrize("written", ["", '    type: "telex"\n', "    type: [whatsapp]\n"])
def test_an_unknown_type_is_answered_with_the_known_ones(config: ConfigurationDirectory, written: str) -> None:
    """An entry without a type is of the type it is named after."""
    config.write_channels("channels:\n" + entry("sales", more=written))

    expected = "channels.sales: is of an unknown type; write type: and one of the known types: whatsapp"
    assert expected in config.error()


@pytest.mark.parametrize("name", ['""', '"a:b"', "a/b", "Sales", "a b", "-a", '"a.b"', "5", "ä"])
def test_a_name_must_fit_addresses_and_keys(config: ConfigurationDirectory, name: str) -> None:
    config.write_channels(f"channels: {{{name}: {{type: whatsapp}}}}\n")

    assert "is no name for a channel; use lower-case letters, digits, - and _" in config.error()


def test_an_entry_is_not_named_twice(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(name="other")

    assert "channels.whatsapp: unknown key name; remove it" in config.error()


def test_an_entry_without_keys_is_refused(config: ConfigurationDirectory) -> None:
    config.write_channels("channels:\n  whatsapp:\n")

    assert "channels.whatsapp: must be a block of keys, but is nothing" in config.error()


def test_a_misspelt_channels_is_named(config: ConfigurationDirectory) -> None:
    config.write_channels("chanels:\n  whatsapp: {}\n")

    unknown, nothing = config.errors()

    assert "channels.yaml: unknown key chanels; did you mean channels?" in unknown
    assert "channels.yaml: channels: names no channel; write one entry below it for each number" in nothing
