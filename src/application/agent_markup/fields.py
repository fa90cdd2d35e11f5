"""Read single fields of the objects in an answer."""

import re
from collections.abc import Mapping, Sequence

from domain.messages.visibility import is_visible

# Emphasis as Markdown writes it, around words and not within them.
EMPHASIS = re.compile(r"(?<!\S)(\*{1,3}|_{1,3}|~{1,2}|`{1,3})(?=\S)([^*_~`]+)(?<=\S)\1(?![\w*_~`])")

type Fields = Mapping[str, object]


class InvalidMarkupError(ValueError):
    """An object cannot be read; the text says why."""


def text(fields: Fields, key: str) -> str:
    """A text with visible characters.

    Raises:
        InvalidMarkupError: there is none.
    """
    if found := optional_text(fields, key):
        return found
    raise InvalidMarkupError(f"{key} is missing, or not a text")


def optional_text(fields: Fields, key: str) -> str:
    found = fields.get(key)
    return whole(found) if isinstance(found, str) else ""


def label(fields: Fields, key: str) -> str:
    """A text without emphasis, for places that cannot show it, such as a button."""
    return EMPHASIS.sub(r"\2", text(fields, key))


def optional_label(fields: Fields, key: str) -> str:
    return EMPHASIS.sub(r"\2", optional_text(fields, key))


def whole(text: str) -> str:
    """The text without halves of emoji, which no store can keep; empty when nothing in it is visible."""
    found = (text if text.isascii() else text.encode("utf-8", "replace").decode()).strip()
    return found if any(map(is_visible, found)) else ""


def items(fields: Fields, key: str) -> Sequence[object]:
    """A list of at least one item. A text alone counts as a list of one."""
    found = fields.get(key)
    if isinstance(found, str) and found.strip():
        return [found]
    if isinstance(found, list) and found:
        return found
    raise InvalidMarkupError(f"{key} is not a list, or is empty")


def mapping(value: object, key: str) -> Fields:
    if isinstance(value, Mapping):
        return value
    raise InvalidMarkupError(f"{key} is not an object")


def texts(fields: Fields, key: str) -> tuple[str, ...]:
    """A list of texts, perhaps empty. A text alone counts as a list of one."""
    found = fields.get(key) or []
    if isinstance(found, str):
        return (whole(found),)
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return tuple(map(whole, found))
    raise InvalidMarkupError(f"{key} is not a list of texts")


def number(fields: Fields, key: str) -> float:
    """A number, also when it is written as a text."""
    found = fields.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise InvalidMarkupError(f"{key} is not a number")
    try:
        return float(found)
    except (ValueError, OverflowError):
        raise InvalidMarkupError(f"{key} is not a number") from None
