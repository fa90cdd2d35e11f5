"""Read single fields of a webhook, whatever they turn out to hold."""

import math
from collections.abc import Mapping

type Item = Mapping[str, object]

MAX_IDENTIFIER = 256
MAX_COUNT = 10**9
LATEST_TIMESTAMP = 253_402_300_799  # the end of the year 9999; more is in milliseconds


class MalformedItemError(Exception):
    """One item of a webhook is not as Meta describes it; the text names the field, never what it held."""


def mapping(value: object, name: str) -> Mapping[str, object]:
    """An object.

    Raises:
        MalformedItemError: when `value` is something else.
    """
    if not isinstance(value, dict):
        raise MalformedItemError(f"{name} is not an object")
    return value


def maybe_mapping(value: object) -> Mapping[str, object]:
    """An object; empty when `value` is something else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object, name: str) -> list[object]:
    """A list; a missing one is empty.

    Raises:
        MalformedItemError: when `value` is something else.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedItemError(f"{name} is not a list")
    return value


def text(value: object, name: str) -> str:
    """A string, which may be blank.

    Raises:
        MalformedItemError: when `value` is something else.
    """
    if not isinstance(value, str):
        raise MalformedItemError(f"{name} is not a string")
    return storable(value)


def maybe_text(value: object) -> str | None:
    """A string that says something; None when `value` is something else."""
    return storable(value) if isinstance(value, str) and value.strip() else None


def plain(value: object) -> str:
    """A string that says something; empty when `value` is something else."""
    return maybe_text(value) or ""


def identifier(value: object, name: str) -> str:
    """A name Meta gave to something.

    Raises:
        MalformedItemError: when `value` is none.
    """
    found = maybe_identifier(value)
    if found is None:
        raise MalformedItemError(f"{name} is missing or no name")
    return found


def maybe_identifier(value: object) -> str | None:
    """A name Meta gave to something; None when `value` is no string, blank or unreasonably long."""
    found = maybe_text(value)
    return found if found and len(found) <= MAX_IDENTIFIER else None


def maybe_number(value: object) -> float | None:
    """A finite number, also written as a string; None when `value` is something else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def maybe_count(value: object) -> int | None:
    """How many there are; None when `value` does not tell."""
    number = maybe_number(value)
    return int(number) if number is not None and number.is_integer() and 0 <= number <= MAX_COUNT else None


def timestamp(value: object) -> float:
    """Unix seconds.

    Raises:
        MalformedItemError: when `value` is no moment.
    """
    found = maybe_timestamp(value)
    if found is None:
        raise MalformedItemError("timestamp is not a number of seconds or milliseconds, or out of range")
    return found


def maybe_timestamp(value: object) -> float | None:
    """Unix seconds; None when `value` is no moment.

    Meta writes seconds as a string here and as a number there, and milliseconds in places. 0 is no moment: it stands
    where the time is not known.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(LATEST_TIMESTAMP)) + 3:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > LATEST_TIMESTAMP else value
    return float(seconds) if 0 < seconds <= LATEST_TIMESTAMP else None


def storable(value: str) -> str:
    """The string without lone surrogates: halves of emoji that were cut upstream, which no store can encode."""
    return value.encode("utf-8", "replace").decode()
