"""From parsed YAML to settings classes. Nothing is converted silently, and every mistake is found, not only the first.

All readers raise `ConfigurationError`. It names the kind of the value that was found, never the value.
"""

import difflib
import functools
import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args

import attrs
import msgspec

from entrypoints.settings.environment import EnvironmentText, Unexpanded
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.secret import Secret

# The key of a field's metadata that holds a reader of its own.
READER = "reader"

# What a value of each type must be, and how to write it.
SCALARS: Mapping[type, tuple[str, str]] = {
    str: ("text", "put the value in quotes"),
    int: ("a whole number", "write digits, without quotes"),
    float: ("a finite number", "write digits, without quotes"),
    bool: ("true or false", "write true or false, without quotes"),
}
FOUND: Mapping[type, str] = {
    str: "text",
    EnvironmentText: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a block of keys",
    NoneType: "nothing",
}


def read(kind: Any, value: object) -> Any:
    """Read `value` as `kind`: a settings class, a StrEnum, a type of `READERS`, or one of these `| None`.

    `null`, and `false` in place of a block, switch off what may be None.
    """
    if kind in READERS:
        return READERS[kind](value)
    if isinstance(kind, UnionType):
        (inner,) = (one for one in get_args(kind) if one is not NoneType)
        is_off = value is None or (value is False and attrs.has(inner))
        return None if is_off else read(inner, value)
    return choice(kind, value) if issubclass(kind, StrEnum) else read_block(kind, value)


def read_block[T](kind: type[T], value: object, **given: object) -> T:
    """Read a block of keys as the attrs class `kind`. `given` are fields that the file does not write."""
    tree, problems = block(value), list[Problem]()
    fields = [field for field in attrs.fields(kind) if field.name not in given]  # type: ignore[arg-type]
    for field in fields:
        if field.name in tree:
            with collected(problems, key=field.name, value=tree[field.name]):
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
    try:
        if field.validator:
            field.validator(None, field, found)
    except ValueError as error:  # attrs' own validators, which are only used for numbers: "'port' must be >= 0: -1"
        message = str(error).removeprefix(f"'{field.name}' ").rpartition(":")[0]
        raise ConfigurationError.of(message, fix="correct the number") from None
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


def scalar[T](kind: type[T], value: object) -> T:
    """Read one of `SCALARS`, strictly; only a text from the environment may stand for a number."""
    expected, fix = SCALARS[kind]
    if value is None:
        fix = "give it a value"
    elif isinstance(value, list | dict):
        fix = f"write a single {expected}"
    wrong = _wrong(value, expected, fix=fix)
    from_environment = isinstance(value, EnvironmentText)
    try:
        found: T = msgspec.convert(str(value) if from_environment else value, kind, strict=not from_environment)
    except msgspec.ValidationError:
        raise wrong from None
    if isinstance(found, float) and not math.isfinite(found):
        raise wrong
    return found


def choice[T: StrEnum](kind: type[T], value: object) -> T:
    written = scalar(str, value)
    if written not in kind:
        raise ConfigurationError.of("is not one of the possible values", fix=f"write one of {', '.join(kind)}")
    return kind(written)


def path(value: object) -> Path:
    written = scalar(str, value)
    if not written:
        raise ConfigurationError.of("is empty", fix="name a directory")
    return Path(written).expanduser()


def optional_secret(value: object) -> Secret | None:
    """None for an unset variable and for an empty text: nobody gets in with an empty password."""
    if value is None or (isinstance(value, Unexpanded) and value.absent):
        return None
    written = scalar(str, value)
    return Secret(written) if written.strip() else None


def secrets(value: object) -> tuple[Secret, ...]:
    """One or a list. Empty ones are left out, because anybody can sign with an empty secret."""
    if isinstance(value, list):
        return required_secrets(value)
    secret = optional_secret(value)
    return (secret,) if secret else ()


def required_secrets(value: object) -> tuple[Secret, ...]:
    """One or a list, where an unset variable is a mistake. Empty ones are left out, because anybody knows them."""
    return tuple(Secret(written) for written in texts(value) if written.strip())


def texts(value: object) -> tuple[str, ...]:
    """One or a list."""
    return tuple(scalar(str, each) for each in (value if isinstance(value, list) else [value]))


def _wrong(value: object, expected: str, *, fix: str) -> ConfigurationError:
    if isinstance(value, Unexpanded):
        return ConfigurationError.of(value.message, fix=value.fix)
    return ConfigurationError.of(f"must be {expected}, but is {FOUND.get(type(value), 'a date')}", fix=fix)


READERS: Mapping[Any, Callable[[Any], Any]] = {
    **{kind: functools.partial(scalar, kind) for kind in SCALARS},
    Path: path,
    Path | None: lambda value: None if value is None else path(value),
    Secret: lambda value: Secret(scalar(str, value)),
    Secret | None: optional_secret,
    tuple[Secret, ...]: secrets,
    tuple[str, ...]: texts,
}
