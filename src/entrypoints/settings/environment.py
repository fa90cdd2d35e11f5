"""`${NAME}` and `${NAME:-default}` in configuration files, and the variables that override them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

# The rest after "${" is optional, so that a malformed placeholder is found and refused rather than left as text.
PLACEHOLDER = re.compile(r"\$\{(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>(?:(?!\$\{)[^}])*))?\})?")


@frozen(kw_only=True)
class Unexpanded:
    """Stands for a text that could not be expanded. Reading it as a value is a mistake.

    `absent`: the text was one unset variable and nothing else, so an optional key counts as not written.
    """

    message: str
    fix: str
    absent: bool = False


def expand(tree: Any, *, environ: Mapping[str, str]) -> Any:
    """Expand every text value in the tree of a parsed file. Keys, numbers and everything else stay.

    What a variable holds is not expanded again, and stays a text even if it looks like a number.
    """
    match tree:
        case str():
            return _expand_text(tree, environ)
        case dict():
            return {key: expand(value, environ=environ) for key, value in tree.items()}
        case list():
            return [expand(value, environ=environ) for value in tree]
        case _:
            return tree


def variables(text: object) -> tuple[str, ...]:
    """The names of the variables in a text that was not expanded yet; none for anything but a text."""
    matches = PLACEHOLDER.finditer(text) if isinstance(text, str) else ()
    return tuple(match["name"] for match in matches if match["name"])


def _expand_text(text: str, environ: Mapping[str, str]) -> str | Unexpanded:
    matches = list(PLACEHOLDER.finditer(text))
    if any(match["name"] is None for match in matches):
        return Unexpanded(message="holds a malformed placeholder", fix="write ${NAME} or ${NAME:-default}")
    unset = [match["name"] for match in matches if match["default"] is None and match["name"] not in environ]
    if unset:
        return Unexpanded(
            message=f"the environment variable {unset[0]} is not set",
            fix=f"set the environment variable {unset[0]}",
            absent=matches[0].span() == (0, len(text)),
        )
    return PLACEHOLDER.sub(lambda match: environ.get(match["name"]) or match["default"] or "", text)


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text


@frozen(kw_only=True)
class Override:
    """A variable that replaces a key of service.yaml. An empty variable counts as not set."""

    variable: str
    key: tuple[str, ...]
    convert: Callable[[str], object] = str


OVERRIDES = (
    Override(variable="TRUNKLINE_STORE", key=("store",)),
    Override(variable="TRUNKLINE_DATA_DIR", key=("data_dir",)),
    Override(variable="TRUNKLINE_AGENTS_URL", key=("agents", "url")),
    Override(variable="TRUNKLINE_HTTP_HOST", key=("http", "host")),
    Override(variable="TRUNKLINE_HTTP_PORT", key=("http", "port"), convert=_number),
    Override(variable="TRUNKLINE_ADMIN_TOKEN", key=("admin_token",)),
    Override(variable="TRUNKLINE_LOG_LEVEL", key=("log_level",), convert=str.lower),
)


def override(tree: Mapping[str, Any], *, environ: Mapping[str, str]) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Apply the variables to the tree of service.yaml. Returns it, and the variable of each key that was replaced."""
    applied = [entry for entry in OVERRIDES if environ.get(entry.variable)]
    for entry in applied:
        tree = _replaced(tree, entry.key, entry.convert(environ[entry.variable]))
        if entry.key == ("agents", "url"):
            tree = _replaced(tree, ("agents", "embedded"), False)
    return tree, {".".join(entry.key): entry.variable for entry in applied}


def _replaced(tree: Mapping[str, Any], key: tuple[str, ...], value: object) -> Mapping[str, Any]:
    head, *rest = key
    if not rest:
        return {**tree, head: value}
    inner = tree.get(head) or {}
    if not isinstance(inner, Mapping):
        return tree  # reading the block reports that it is none
    return {**tree, head: _replaced(inner, tuple(rest), value)}
