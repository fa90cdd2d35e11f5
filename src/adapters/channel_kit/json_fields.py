"""Read single JSON fields of a channel's webhooks and responses. Any field may hold anything.

A `maybe_` reader returns None, or an empty value, for a field that is not as the channel describes it. The other
readers raise `MalformedItemError`.
"""

import base64
import contextlib
import math
import re
from collections.abc import Mapping
from typing import Any

from domain.messages.shared_values import Location
from domain.people.person import phone_number

type JsonObject = Mapping[str, object]

MAX_IDENTIFIER = 256
MAX_NAME_LENGTH = 256
MAX_COUNT = 10**9
MAX_WHOLE_NUMBER = 2**53
LATEST_TIMESTAMP = 253_402_300_799  # the end of the year 9999; a larger number is in milliseconds
MAX_TIMESTAMP_DIGITS = len(f"{LATEST_TIMESTAMP}000")
HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
BASE64_SHA256 = re.compile(r"[A-Za-z0-9+/]{43}=?")


class MalformedItemError(Exception):
    """One item of a webhook is not as the channel describes it. The text names the field, and never what it held."""


def json_object(value: object, name: str) -> JsonObject:
    """An object.

    Raises:
        MalformedItemError: `value` is not an object.
    """
    if not isinstance(value, dict):
        raise MalformedItemError(f"{name} is not an object")
    return value


def maybe_object(value: object) -> JsonObject:
    """An object; empty when `value` is not an object."""
    return value if isinstance(value, dict) else {}


def json_list(value: object, name: str) -> list[object]:
    """A list; empty when `value` is missing.

    Raises:
        MalformedItemError: `value` is there and is not a list.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedItemError(f"{name} is not a list")
    return value


def maybe_list(value: object) -> list[Any]:
    """A list; empty when `value` is not a list."""
    return value if isinstance(value, list) else []


def maybe_objects(value: object) -> list[JsonObject]:
    """The items of a list as objects. An item that is not an object becomes an empty one."""
    return [maybe_object(item) for item in maybe_list(value)]


def text(value: object, name: str) -> str:
    """A string, which may be blank.

    Raises:
        MalformedItemError: `value` is not a string.
    """
    if not isinstance(value, str):
        raise MalformedItemError(f"{name} is not a string")
    return without_surrogates(value)


def maybe_text(value: object) -> str:
    """A string; empty when `value` is blank or not a string."""
    return without_surrogates(value) if isinstance(value, str) and value.strip() else ""


def display_name(value: object) -> str | None:
    """A name in one line, cut to `MAX_NAME_LENGTH` characters; None when there is none."""
    return one_line(maybe_text(value))


def one_line(name: str) -> str | None:
    """As `display_name`, for a string without surrogates."""
    return " ".join(name.split())[:MAX_NAME_LENGTH] or None


def identifier(value: object, name: str) -> str:
    """An id that the channel gave to something.

    Raises:
        MalformedItemError: `value` is not an id.
    """
    found = maybe_identifier(value)
    if found is None:
        raise MalformedItemError(f"{name} is missing or not an id")
    return found


def maybe_identifier(value: object) -> str | None:
    """An id that the channel gave to something; None when `value` is blank, longer than any id, or not a string."""
    found = maybe_text(value)
    return found if 0 < len(found) <= MAX_IDENTIFIER else None


def maybe_phone(value: object) -> str | None:
    """The digits of a phone number, which may be written with a plus sign, spaces, dashes or parentheses.

    None when `value` is something else, for example a user id.
    """
    return phone_number(value) if isinstance(value, str) and len(value) <= MAX_IDENTIFIER else None


def maybe_number(value: object) -> float | None:
    """A finite number, which may be written as a string; None when `value` is something else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def maybe_count(value: object) -> int | None:
    """A whole number from 0 to 10^9, which may be written as a string; None when `value` is something else."""
    number = maybe_number(value)
    return int(number) if number is not None and number.is_integer() and 0 <= number <= MAX_COUNT else None


def maybe_location(place: JsonObject, *, name: object, address: object) -> Location | None:
    """The place with the `latitude` and `longitude` in this object; None where it has no such place on earth."""
    latitude, longitude = maybe_number(place.get("latitude")), maybe_number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    with contextlib.suppress(ValueError):
        return Location(latitude=latitude, longitude=longitude, name=maybe_text(name), address=maybe_text(address))
    return None


def whole_number(value: object, name: str) -> int:
    """A whole number from 0 to 2^53, which every JSON reader reads exactly, such as the id of something.

    Raises:
        MalformedItemError: `value` is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_WHOLE_NUMBER:
        raise MalformedItemError(f"{name} is not a number")
    return value


def maybe_sha256(value: object) -> str | None:
    """A SHA-256 digest in lower-case hexadecimal; None when `value` is something else.

    Meta writes base64 in webhooks and hexadecimal elsewhere.
    """
    if not isinstance(value, str):
        return None
    if HEX_SHA256.fullmatch(value):
        return value.lower()
    return base64.b64decode(f"{value.rstrip('=')}=").hex() if BASE64_SHA256.fullmatch(value) else None


def timestamp(value: object) -> float:
    """A time in Unix seconds.

    Raises:
        MalformedItemError: `value` is not a time.
    """
    found = maybe_timestamp(value)
    if found is None:
        raise MalformedItemError("timestamp is not a number of seconds or milliseconds, or out of range")
    return found


def maybe_timestamp(value: object) -> float | None:
    """A time in Unix seconds; None when `value` is not a time.

    Channels write seconds as a string or as a number, and sometimes milliseconds. 0 is not a time: they write it where
    they do not know the time.
    """
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= MAX_TIMESTAMP_DIGITS):
            return None
        value = int(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > LATEST_TIMESTAMP else value
    return float(seconds) if 0 < seconds <= LATEST_TIMESTAMP else None


def without_surrogates(value: str) -> str:
    """The string with "?" in place of each lone surrogate.

    A lone surrogate is half of an emoji that somebody cut in two. UTF-8 cannot encode it, so no store can keep it.
    """
    return value.encode("utf-8", "replace").decode()
