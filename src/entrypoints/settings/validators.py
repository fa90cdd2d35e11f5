"""attrs validators whose errors say how to correct the value."""

import re
from collections.abc import Callable
from string import Formatter
from typing import Any
from urllib.parse import SplitResult, urlsplit

from entrypoints.settings.errors import ConfigurationError

EMBEDDED_STORE = "embedded"
STORE_SCHEMES = (
    *("redis", "rediss", "unix"),
    *("redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel"),
)
SESSION_PLACEHOLDERS = frozenset({"user", "channel"})
MAX_PORT = 65535


def matching(pattern: str, message: str, *, fix: str) -> Callable[[Any, Any, Any], None]:
    """A validator of texts that must match `pattern` as a whole. None is left to the field's type."""

    def validate(_instance: Any, _attribute: Any, value: str | None) -> None:
        if value is not None and not re.fullmatch(pattern, value):
            raise ConfigurationError.of(message, fix=fix)

    return validate


log_level = matching("debug|info|warning|error", "is not a log level", fix="write one of debug, info, warning, error")
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


def not_empty(_instance: Any, _attribute: Any, value: Any) -> None:
    text = value if isinstance(value, str) else value.reveal()
    if not text.strip():
        raise ConfigurationError.of("is empty", fix="give it a value")


def web_address(_instance: Any, _attribute: Any, value: str | None) -> None:
    if value is None:
        return
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        fix = "write it like http://localhost:8000 or https://example.com"
        raise ConfigurationError.of("is not a web address", fix=fix)


def store_address(_instance: Any, _attribute: Any, value: str) -> None:
    """Only the form. The store's adapter reads the rest: hosts, options, files."""
    scheme, _, rest = value.partition("://")
    if value != EMBEDDED_STORE and (scheme not in STORE_SCHEMES or not rest):
        raise ConfigurationError.of(
            "is not a store address",
            fix="write embedded, redis://host:6379, unix:///path/to/socket, redis+cluster://host:6379,host2:6379 "
            "or redis+sentinel://host:26379,host2:26379/service (rediss in place of redis for TLS)",
        )


def port(_instance: Any, _attribute: Any, value: int) -> None:
    if not 0 <= value <= MAX_PORT:
        fix = f"write a number from 1 to {MAX_PORT}, or 0 for any free port"
        raise ConfigurationError.of("is not a port", fix=fix)


def session_template(_instance: Any, _attribute: Any, value: str) -> None:
    fix = "use {user} for the person and {channel} for this channel's name, nothing else in braces"
    try:
        fields = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(value) if name is not None
        ]
    except ValueError:
        raise ConfigurationError.of("has an unmatched brace", fix=fix) from None
    if any(name not in SESSION_PLACEHOLDERS or spec or conversion for name, spec, conversion in fields):
        raise ConfigurationError.of("has an unknown placeholder", fix=fix)
    if "user" not in {name for name, _, _ in fields}:
        raise ConfigurationError.of("lacks {user}, so that all people would share one memory", fix=fix)


def _split(value: str) -> SplitResult | None:
    """The parts of an address; None when it has none. The error of the standard library would quote the password."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts
