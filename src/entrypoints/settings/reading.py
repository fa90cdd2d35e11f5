"""From parsed YAML to settings classes. Nothing is converted silently, and every mistake is found, not only the first.

All readers raise `ConfigurationError`. It names the kind of the value that was found, never the value.
"""

import difflib
import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args

import attrs

from entrypoints.settings.environment import Unexpanded
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.secret import Secret

# The key of a field's metadata that holds a reader of its own.
READER = "reader"


def read(kind: Any, value: object) -> Any:
    """Read `value` as `kind`: a settings class, a StrEnum, a type of `READERS`, or one of these `| None`."""
    if kind in READERS:
        return READERS[kind](value)
    if isinstance(kind, UnionType):
        (inner,) = (one for one in get_args(kind) if one is not NoneType)
        return None if value is None else read(inner, value)
    return choice(kind, value) if issubclass(kind, StrEnum) else read_block(kind, value)


def read_block[T](kind: type[T], value: object, **given: object) -> T:
    """Read a block of keys as the attrs class `kind`. `given` are fields that the file does not write."""
    tree, problems = block(value), list[Problem]()
    fields = [field for field in attrs.fields(kind) if field.name not in given]  # type: ignore[arg-type]
    for field in fields:
        if field.name in tree:
            with collected(problems, key=field.name):
                given[field.name] = _field(field, tree[field.name])
        elif field.default is attrs.NOTHING:
            problems.append(Problem(key=field.name, message="is missing", fix="add this key"))
    problems += unknown_keys(tree, known=[field.name for field in fields])
    if problems:
        raise ConfigurationError(problems)
    return kind(**given)


def _field(field: "attrs.Attribute[Any]", value: object) -> Any:
    """The value of one field. Its validator runs here already, so that the wrong values of a block are all found."""
    found = field.metadata[READER](value) if READER in field.metadata else read(field.type, value)
    if field.validator:
        try:
            field.validator(None, field, found)
        except ValueError as error:  # attrs' own validators, which are only used for numbers
            raise ConfigurationError.of(str(error), fix="correct the number") from None
    return found


def unknown_keys(tree: Mapping[Any, Any], *, known: list[str]) -> list[Problem]:
    """One problem that names all keys of `tree` that are not `known`, or none."""
    unknown = sorted(str(key) for key in tree if key not in known)
    if not unknown:
        return []
    message = "; ".join(f"unknown key {name}" for name in unknown)
    return [Problem(message=message, fix="; ".join(_correct_key(name, known) for name in unknown))]


def _correct_key(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"remove it; known keys are {', '.join(known)}"


def block(value: object) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise _wrong(value, "a block of keys", fix="write its keys indented on the lines below")


def unless_off(kind: type[Any]) -> Callable[[object], Any]:
    """A reader of the block `kind` that may also be switched off by `null` or `false`."""
    return lambda value: None if value is None or value is False else read_block(kind, value)


def text(value: object) -> str:
    if isinstance(value, str):
        return value
    fixes = {type(None): "give it a value", list: "write a single text", dict: "write a single text"}
    raise _wrong(value, "text", fix=fixes.get(type(value), "put the value in quotes"))


def whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong(value, "a whole number", fix="write digits, without quotes")


def number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise _wrong(value, "a finite number", fix="write digits, without quotes")


def switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(value, "true or false", fix="write true or false, without quotes")


def choice[T: StrEnum](kind: type[T], value: object) -> T:
    written = text(value)
    try:
        return kind(written)
    except ValueError:
        raise ConfigurationError.of("is none of the known words", fix=f"write one of {', '.join(kind)}") from None


def path(value: object) -> Path:
    written = text(value)
    if not written:
        raise ConfigurationError.of("is empty", fix="name a directory")
    return Path(written).expanduser()


def optional_secret(value: object) -> Secret | None:
    """None for an unset variable and for an empty text: nobody gets in with an empty password."""
    if value is None or (isinstance(value, Unexpanded) and value.absent):
        return None
    written = text(value)
    return Secret(written) if written.strip() else None


def secrets(value: object) -> tuple[Secret, ...]:
    """One or a list. Empty ones are left out, because anybody can sign with an empty secret."""
    if isinstance(value, list):
        return tuple(Secret(written) for written in map(text, value) if written.strip())
    secret = optional_secret(value)
    return (secret,) if secret else ()


def texts(value: object) -> tuple[str, ...]:
    """One or a list."""
    return tuple(map(text, value)) if isinstance(value, list) else (text(value),)


def _wrong(value: object, expected: str, *, fix: str) -> ConfigurationError:
    if isinstance(value, Unexpanded):
        return ConfigurationError.of(value.message, fix=value.fix)
    kinds = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        type(None): "nothing",
    }
    found = "a block of keys" if isinstance(value, Mapping) else kinds.get(type(value), "a date")
    return ConfigurationError.of(f"must be {expected}, but is {found}", fix=fix)


READERS: Mapping[Any, Callable[[Any], Any]] = {
    str: text,
    int: whole_number,
    float: number,
    bool: switch,
    Path: path,
    Secret: lambda value: Secret(text(value)),
    Secret | None: optional_secret,
    tuple[Secret, ...]: secrets,
    tuple[str, ...]: texts,
}
