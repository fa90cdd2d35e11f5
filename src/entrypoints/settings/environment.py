"""`${NAME}` and `${NAME:-default}` in configuration files, and the variables that override them."""

import re
from collections.abc import Mapping
from typing import Any, Self

from attrs import frozen

# The rest after "${" is optional, so that a malformed placeholder is found and refused rather than left as text.
PLACEHOLDER = re.compile(r"\$\{(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>(?:(?!\$\{)[^}])*))?\})?")

# The variables that replace a key of service.yaml. An empty variable counts as not set.
OVERRIDES = {
    "TRUNKLINE_STORE": "store",
    "TRUNKLINE_DATA_DIR": "data_dir",
    "TRUNKLINE_AGENTS_URL": "agents.url",
    "TRUNKLINE_HTTP_HOST": "http.host",
    "TRUNKLINE_HTTP_PORT": "http.port",
    "TRUNKLINE_ADMIN_TOKEN": "admin_token",
    "TRUNKLINE_LOG_LEVEL": "log_level",
}


class EnvironmentText(str):
    """A text with the values of `variables` in it. As variables are always texts, it may stand for a number too."""

    __slots__ = ("variables",)
    variables: tuple[str, ...]

    def __new__(cls, text: str, *variables: str) -> Self:
        made = super().__new__(cls, text)
        made.variables = variables
        return made


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

    What a variable holds is not expanded again.

    Raises:
        RecursionError: the tree contains itself.
    """
    expanded: dict[int, Any] = {}

    def once(value: Any) -> Any:
        """A few lines of aliases of aliases stand for more values than a machine can hold; each is expanded once."""
        if id(value) not in expanded:
            match value:
                case str():
                    expanded[id(value)] = _expand_text(value, environ)
                case dict():
                    expanded[id(value)] = {key: once(inner) for key, inner in value.items()}
                case list():
                    expanded[id(value)] = [once(inner) for inner in value]
                case _:
                    return value
        return expanded[id(value)]

    return once(tree)


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
    expanded = PLACEHOLDER.sub(lambda match: environ.get(match["name"]) or match["default"] or "", text)
    return EnvironmentText(expanded, *(match["name"] for match in matches)) if matches else text


def _changed(block: Any, changes: Mapping[str, Any]) -> Any:
    """The block with these keys; of a list of blocks, the first. What is no block stays: reading it reports that."""
    match block:
        case Mapping():
            return {**block, **changes}
        case [Mapping() as first, *others]:
            return [{**first, **changes}, *others]
        case _:
            return block


def override(tree: Mapping[str, Any], *, environ: Mapping[str, str]) -> Mapping[str, Any]:
    """The tree of service.yaml with the values of `OVERRIDES`."""
    for variable in filter(environ.get, OVERRIDES):
        block, _, key = OVERRIDES[variable].rpartition(".")
        changes: dict[str, Any] = {key: EnvironmentText(environ[variable], variable)}
        if variable == "TRUNKLINE_AGENTS_URL":
            changes["embedded"] = False
        if block:
            changes = {block: _changed(tree.get(block) or {}, changes)}
        tree = {**tree, **changes}
    return tree
