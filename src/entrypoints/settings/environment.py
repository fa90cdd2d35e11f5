"""`${NAME}` and `${NAME:-default}` in configuration files, and the variables that override them.

In place of each variable NAME, NAME_FILE may name a file with the value: secrets of Docker and Kubernetes are files.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from attrs import frozen

MAX_FILE_BYTES = 64 * 1024

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


type Found = EnvironmentText | Unexpanded | None


def look_up(name: str, environ: Mapping[str, str]) -> Found:
    """The value of a variable, from itself or from its file; None when it is not set."""
    value, path = environ.get(name), environ.get(f"{name}_FILE")
    if not path:
        return None if value is None else EnvironmentText(value, name)
    if value:
        return Unexpanded(
            message=f"the environment variables {name} and {name}_FILE are both set", fix="unset one of the two"
        )
    return _read_file(f"{name}_FILE", Path(path))


def with_values(environ: Mapping[str, str], **values: str) -> dict[str, str]:
    """The environment with these variables, and without the files that would be other values of them."""
    files = {f"{name}_FILE" for name in values}
    return {**{name: value for name, value in environ.items() if name not in files}, **values}


def _read_file(variable: str, path: Path) -> EnvironmentText | Unexpanded:
    """The content without the line breaks at its end, which editors add."""
    fix = f"correct the environment variable {variable}, or the file"
    try:
        # A pipe would be waited for, and could be read only once.
        if path.exists() and not path.is_file():
            return Unexpanded(message=f"the file that {variable} names is no regular file", fix=fix)
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            return Unexpanded(message=f"the file that {variable} names has more than {MAX_FILE_BYTES} bytes", fix=fix)
        return EnvironmentText(content.decode().rstrip("\r\n"), variable)
    except OSError as error:
        message = f"the file that {variable} names cannot be read ({error.strerror})"
    except ValueError:  # a path with a null byte, or a content that is no text
        message = f"the file that {variable} names is not UTF-8 text"
    return Unexpanded(message=message, fix=fix)


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
    values = {match["name"]: look_up(match["name"], environ) for match in matches}
    for match in matches:
        value = values[match["name"]]
        if isinstance(value, Unexpanded):
            return value
        if value is None and match["default"] is None:
            return Unexpanded(
                message=f"the environment variable {match['name']} is not set",
                fix=f"set the environment variable {match['name']}",
                absent=matches[0].span() == (0, len(text)),
            )
    expanded = PLACEHOLDER.sub(lambda match: str(values[match["name"]] or match["default"] or ""), text)
    sources = [value.variables[0] if isinstance(value, EnvironmentText) else name for name, value in values.items()]
    return EnvironmentText(expanded, *sources) if matches else text


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
    for variable, replaced in OVERRIDES.items():
        if not (value := look_up(variable, environ)):
            continue
        block, _, key = replaced.rpartition(".")
        changes: dict[str, Any] = {key: value}
        if variable == "TRUNKLINE_AGENTS_URL":
            changes |= {"embedded": False, "webhook": None, "secret": None}
        if block:
            changes = {block: _changed(tree.get(block) or {}, changes)}
        tree = {**tree, **changes}
    return tree
