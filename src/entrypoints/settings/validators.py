"""attrs validators whose errors say how to correct the value. None is left to the field's type."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.secret import Secret

EMBEDDED_STORE = "embedded"


def matching(pattern: str, message: str, *, fix: str) -> Callable[[Any, Any, Any], None]:
    """A validator of texts that must match `pattern` as a whole."""

    def validate(_instance: Any, _attribute: Any, value: str | Secret | None) -> None:
        text = value.reveal() if isinstance(value, Secret) else value
        if text is not None and not re.fullmatch(pattern, text):
            raise ConfigurationError.of(message, fix=fix)

    return validate


def address(*schemes: str, message: str, fix: str, other: str = "") -> Callable[[Any, Any, Any], None]:
    """A validator of addresses with a host, or of sockets with a path. `other` is a word in their place."""

    def validate(_instance: Any, _attribute: Any, value: str | None) -> None:
        if value is not None and value != other and not is_address(value):
            raise ConfigurationError.of(message, fix=fix)

    def is_address(value: str) -> bool:
        try:
            parts = urlsplit(value)
            place = parts.path if parts.scheme == "unix" else parts.port != 0 and parts.hostname
        except ValueError:
            return False
        return parts.scheme in schemes and bool(place)

    return validate


not_empty = matching(r"(?s).*\S.*", "is empty", fix="give it a value")
log_level = matching(
    "(?i:debug|info|warning|error)", "is not a log level", fix="write one of debug, info, warning, error"
)
api_version = matching(r"v[0-9]+\.[0-9]+", "is not a Graph API version", fix="write it like v25.0")
language_code = matching(
    "[a-z]{2,3}", "is not a language code", fix="write the bare code of the language, like en or pt"
)
phone_number_id = matching(
    "[0-9]+",
    "must be digits only",
    fix="copy the Phone number ID (not the phone number) from WhatsApp > API Setup in Meta's App Dashboard",
)
business_account_id = matching(
    "[0-9]+",
    "must be digits only",
    fix="copy the WhatsApp Business Account ID from WhatsApp > API Setup in Meta's App Dashboard",
)
session_template = matching(
    r"(?:[^{}]|\{channel\})*\{user\}(?:[^{}]|\{user\}|\{channel\})*",
    "lacks {user}, so that all people would share one memory, or has an unknown placeholder",
    fix="use {user} for the person and {channel} for this channel's name, nothing else in braces",
)
web_address = address(
    "http", "https", message="is not a web address", fix="write it like http://localhost:8000 or https://example.com"
)
store_address = address(
    "redis",
    "rediss",
    "redis+cluster",
    "unix",
    other=EMBEDDED_STORE,
    message="is not a store address",
    fix="write embedded, redis://host:6379, rediss://host:6379, redis+cluster://host:6379 or unix:///path/to/socket",
)
