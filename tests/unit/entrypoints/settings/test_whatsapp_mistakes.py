"""Mistakes in a WhatsApp entry: each is named by its key, with how to fix it and without its value."""

import pytest

from support.configuration import HIDDEN, REQUIRED_KEYS, ConfigurationDirectory


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
        ("verify_token", "[[a]]", "must be text, but is a list; write a single text"),
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
        ("debounce_seconds", "-1", "must be >= 0; correct the number"),
        ("debounce_seconds", "6", "must be <= 5.0; correct the number"),
        ("language", "no", "must be text, but is true or false; put the value in quotes"),
        ("language", "pt-BR", "is not a language code; write the bare code of the language, like en or pt"),
        ("session_id", '"{phone}"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("session_id", '"{user.name}"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("session_id", '"{user!r}"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("session_id", '"{user:>99}"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("session_id", '"{}{user}"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("session_id", '"{user"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("session_id", '"{channel}"', "lacks {user}, so that all people would share one memory, or has an unknown"),
        ("rate_limit", "30", "must be a block of keys, but is a number; write its keys indented on the lines below"),
        ("rate_limit", "true", "must be a block of keys, but is true or false; write its keys indented"),
        ("loops", "20", "must be a block of keys, but is a number; write its keys indented on the lines below"),
        ("texts", "", "must be a block of keys, but is nothing; write its keys indented on the lines below"),
    ],
)
def test_a_wrong_value_is_named_with_its_fix(
    config: ConfigurationDirectory, key: str, value: str, message: str
) -> None:
    config.write_whatsapp(**{key: value})

    assert f"{config.path / 'channels.yaml'}: channels.whatsapp.{key}: {message}" in config.error()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("max_messages", "0", "must be > 0; correct the number"),
        ("max_messages", "1.5", "must be a whole number, but is a number; write digits, without quotes"),
        ("max_messages", '"30"', "must be a whole number, but is text; write digits, without quotes"),
        ("window_seconds", "-60", "must be > 0; correct the number"),
    ],
)
def test_a_wrong_limit_is_named_with_its_fix(
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


@pytest.mark.parametrize("value", ['["new", "${OLD}"]', '"sha-${OLD}"'])
def test_an_unset_variable_beside_others_is_an_error(config: ConfigurationDirectory, value: str) -> None:
    """Only a key that would hold nothing else may do without."""
    config.write_whatsapp(app_secret=value)

    assert config.error().endswith("; set the environment variable OLD")
