"""What a value must look like; attrs validators that say how to mend it."""

import re
from string import Formatter
from typing import Any
from urllib.parse import SplitResult, urlsplit

from entrypoints.settings.errors import SettingError

EMBEDDED_STORE = "embedded"
STORE_SCHEMES = ("redis", "rediss", "unix", "redis+cluster")
LOG_LEVELS = ("debug", "info", "warning", "error")
SESSION_PLACEHOLDERS = frozenset({"user", "channel"})


def not_empty(_instance: Any, _attribute: Any, value: Any) -> None:
    text = value if isinstance(value, str) else value.reveal()
    if not text.strip():
        raise SettingError("is empty", mend="give it a value")


def web_address(_instance: Any, _attribute: Any, value: str | None) -> None:
    if value is None:
        return
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError("is not a web address", mend="write it like http://localhost:8000 or https://example.com")


def store_address(_instance: Any, _attribute: Any, value: str) -> None:
    if value == EMBEDDED_STORE:
        return
    parts = _split(value)
    if parts is None or parts.scheme not in STORE_SCHEMES or not (parts.hostname or parts.scheme == "unix"):
        raise SettingError(
            "is not a store address",
            mend="write embedded, redis://host:6379, rediss://host:6379, unix:///path/to/socket "
            "or redis+cluster://host:6379",
        )
    if parts.scheme == "unix" and not parts.path:
        raise SettingError("names no socket", mend="write unix:///path/to/socket")


def log_level(_instance: Any, _attribute: Any, value: str) -> None:
    if value not in LOG_LEVELS:
        raise SettingError("is not a log level", mend=f"write one of {', '.join(LOG_LEVELS)}")


def port(_instance: Any, _attribute: Any, value: int) -> None:
    highest = 65535
    if not 0 <= value <= highest:
        raise SettingError("is not a port", mend=f"write a number from 1 to {highest}, or 0 for any free port")


def api_version(_instance: Any, _attribute: Any, value: str) -> None:
    if not re.fullmatch(r"v[0-9]+\.[0-9]+", value):
        raise SettingError("is not a Graph API version", mend="write it like v25.0")


def digits(_instance: Any, _attribute: Any, value: str) -> None:
    if not re.fullmatch(r"[0-9]+", value):
        raise SettingError(
            "must be digits only",
            mend="copy the Phone number ID (not the phone number) from WhatsApp > API Setup in Meta's App Dashboard",
        )


def account_id(_instance: Any, _attribute: Any, value: str | None) -> None:
    if value is not None and not re.fullmatch(r"[0-9]+", value):
        raise SettingError(
            "must be digits only",
            mend="copy the WhatsApp Business Account ID from WhatsApp > API Setup in Meta's App Dashboard",
        )


def language_code(_instance: Any, _attribute: Any, value: str) -> None:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise SettingError("is not a language code", mend="write the bare code of the language, like en or pt")


def session_template(_instance: Any, _attribute: Any, value: str) -> None:
    mend = "use {user} for the person and {channel} for this channel's name, nothing else in braces"
    try:
        fields = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(value) if name is not None
        ]
    except ValueError:
        raise SettingError("has an unmatched brace", mend=mend) from None
    if any(name not in SESSION_PLACEHOLDERS or spec or conversion for name, spec, conversion in fields):
        raise SettingError("has an unknown placeholder", mend=mend)
    if "user" not in {name for name, _, _ in fields}:
        raise SettingError("lacks {user}, so that all people would share one memory", mend=mend)


def _split(value: str) -> SplitResult | None:
    """The parts of an address; None when it has none. The driver's own words would quote the password."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts
