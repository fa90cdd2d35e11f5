"""The strict reading of single values: a number is no text, a text is no number, and nothing is guessed.

All raise `SettingError`, which says what was found by its kind, never by its value.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from entrypoints.settings.environment import Unexpanded
from entrypoints.settings.errors import SettingError
from entrypoints.settings.secret import Secret
from entrypoints.settings.texts import LanguageCode, Sentence
from entrypoints.settings.validators import language_code


def block(value: object) -> Mapping[Any, Any]:
    """The value as a block of keys.

    Raises:
        SettingError: when it is something else.
    """
    if isinstance(value, Mapping):
        return value
    raise _wrong(value, "a block of keys", mend="write its keys indented on the lines below")


def _wrong(value: object, expected: str, *, mend: str) -> SettingError:
    if isinstance(value, Unexpanded):
        return SettingError(value.message, mend=value.mend)
    kinds = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        type(None): "nothing",
    }
    found = "a block of keys" if isinstance(value, Mapping) else kinds.get(type(value), "a date")
    return SettingError(f"must be {expected}, but is {found}", mend=mend)


def text(value: object) -> str:
    if isinstance(value, str):
        return value
    mends = {type(None): "give it a value", list: "write a single text", dict: "write a single text"}
    raise _wrong(value, "text", mend=mends.get(type(value), "put the value in quotes"))


def whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong(value, "a whole number", mend="write digits, without quotes")


def number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise _wrong(value, "a finite number", mend="write digits, without quotes")


def switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(value, "true or false", mend="write true or false, without quotes")


def one_of[T: StrEnum](value: object, choices: type[T]) -> T:
    known = ", ".join(choice.value for choice in choices)
    try:
        return choices(text(value))
    except ValueError as error:
        raise SettingError("is none of the words that are understood here", mend=f"write one of {known}") from error


def path(value: object) -> Path:
    written = text(value)
    if not written:
        raise SettingError("is empty", mend="name a directory")
    return Path(written).expanduser()


def optional_secret(value: object) -> Secret | None:
    """An unset variable is no secret, and neither is an empty text: nobody gets in with an empty password."""
    if value is None or (isinstance(value, Unexpanded) and value.absent):
        return None
    written = text(value)
    return Secret(written) if written.strip() else None


def secrets(value: object) -> tuple[Secret, ...]:
    """One or a list; empty ones are left out, since anybody can sign with an empty secret."""
    if isinstance(value, list):
        return tuple(Secret(written) for written in map(text, value) if written.strip())
    secret = optional_secret(value)
    return (secret,) if secret else ()


def texts(value: object) -> tuple[str, ...]:
    """One or a list."""
    return tuple(map(text, value)) if isinstance(value, list) else (text(value),)


def language(value: object) -> LanguageCode:
    written = text(value)
    language_code(None, None, written)
    return LanguageCode(written)


def sentence(value: object) -> Sentence:
    written = text(value).strip()
    if not written:
        raise SettingError("is empty", mend="write a sentence, or remove the key to keep ours")
    return Sentence(written)
