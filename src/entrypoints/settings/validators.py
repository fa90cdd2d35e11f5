"""attrs validators whose errors say how to correct the value. None is left to the field's type."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.secret import Secret

EMBEDDED_STORE = "embedded"
MAX_CHOICE_ID = 1_000
MIN_SECRET_LENGTH = 16


def matching(pattern: str, message: str, *, fix: str) -> Callable[[Any, Any, Any], None]:
    """A validator of texts that must match `pattern` as a whole."""

    def validate(_instance: Any, _attribute: Any, value: str | Secret | None) -> None:
        text = value.reveal() if isinstance(value, Secret) else value
        if text is not None and not re.fullmatch(pattern, text):
            raise ConfigurationError.of(message, fix=fix)

    return validate


not_empty = matching(r"(?s).*\S.*", "is empty", fix="give it a value")
header_value = matching(
    r"[!-~](?:[ -~]*[!-~])?",
    "is empty, or has characters that an HTTP header may not have",
    fix="write visible ASCII characters in one line",
)
agent_name = matching(r"\S(?:.{0,98}\S)?", "is no name of an agent", fix="write up to 100 characters in one line")
runtime_name = matching(
    r"(?:[a-z0-9][a-z0-9_-]{0,39})?",
    "is no name for agents",
    fix="use up to 40 lower-case letters, digits, - and _, beginning with a letter or a digit",
)
log_level = matching(
    "(?i:debug|info|warning|error)", "is not a log level", fix="write one of debug, info, warning, error"
)
language_code = matching(
    "[a-z]{2,3}", "is not a language code", fix="write the bare code of the language, like en or pt"
)
without_confirmation = matching(
    "resend|dead_letter", "cannot wait for a confirmation", fix="write resend or dead_letter"
)
session_template = matching(
    r"(?:[^{}]|\{channel\})*\{user\}(?:[^{}]|\{user\}|\{channel\})*",
    "lacks {user}, so that all people would share one memory, or has an unknown placeholder",
    fix="use {user} for the person and {channel} for this channel's name, nothing else in braces",
)
# Only the form. The store's adapter reads the rest: hosts, options, files.
store_address = matching(
    rf"{EMBEDDED_STORE}|(?:unix|rediss?(?:\+cluster|\+sentinel)?)://.+",
    "is not a store address",
    fix="write embedded, redis://host:6379, unix:///path/to/socket, redis+cluster://host:6379,host2:6379 "
    "or redis+sentinel://host:26379,host2:26379/service (rediss in place of redis for TLS)",
)


def signing_secrets(_instance: Any, _attribute: Any, values: tuple[Secret, ...]) -> None:
    """A validator of secrets that sign."""
    if any(len(value.reveal()) < MIN_SECRET_LENGTH for value in values):
        raise ConfigurationError.of(
            f"is shorter than {MIN_SECRET_LENGTH} characters", fix="`openssl rand -hex 32` makes a good one"
        )


def web_address(_instance: Any, _attribute: Any, value: Any) -> None:
    """A validator of addresses. The error of the standard library would quote the password."""
    if value is None:
        return
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and parts.port != 0 and parts.hostname
    except ValueError:
        valid = False
    if not valid:
        fix = "write it like http://localhost:8000 or https://example.com"
        raise ConfigurationError.of("is not a web address", fix=fix)
