"""Read a YAML file, strictly: no key twice, and errors by line and column that quote nothing of the file."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from entrypoints.settings.errors import Problem

# With every alias written out. A few lines of aliases of aliases are more than a machine can hold.
MAX_VALUES = 100_000


class _TooLargeError(Exception):
    """The file stands for more values than any configuration has."""


def read_yaml(path: Path) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The mapping the file holds, empty when the file is, and what is wrong with it.

    Raises:
        FileNotFoundError: when there is no such file.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        return {}, (_problem(path, f"cannot be read ({error.strerror})", "make it a file we may read"),)
    return _parse(content, path)


def _parse(content: bytes, path: Path) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    try:
        tree, twice = _tree(content)
    except yaml.MarkedYAMLError as error:
        message, mend = _said(error), _mend(error)
    except (yaml.YAMLError, UnicodeError):
        message, mend = "is not UTF-8 text", "save it as UTF-8, without control characters"
    except (RecursionError, _TooLargeError):
        message, mend = "is nested too deeply, or too large with its aliases written out", "write it without aliases"
    except (ValueError, LookupError, AttributeError):  # a date that is none, like 2026-99-99; a tag that does not fit
        message, mend = "holds a value that YAML cannot read", "put dates and the like in quotes"
    else:
        if isinstance(tree, dict):
            return tree, tuple(_problem(path, said, "keep one of the two") for said in twice)
        message, mend = "holds no keys", "write it as in the example of the documentation"
    return {}, (_problem(path, message, mend),)


def _tree(content: bytes) -> tuple[object, tuple[str, ...]]:
    """What the file holds, and which keys it has twice."""
    loader = yaml.SafeLoader(content)
    node = loader.get_single_node()
    if node is None:
        return {}, ()
    if _values(node, {}) > MAX_VALUES:
        raise _TooLargeError
    twice = tuple(_duplicates(node))  # before blocks are merged into others
    return loader.construct_document(node), twice


def _values(node: yaml.Node, known: dict[int, float]) -> float:
    """How many values a node stands for; without end when it is inside of itself."""
    if id(node) not in known:
        known[id(node)] = math.inf
        children = node.value if isinstance(node, yaml.CollectionNode) else ()
        inner = [part for child in children for part in (child if isinstance(child, tuple) else (child,))]
        known[id(node)] = 1 + sum(_values(part, known) for part in inner)
    return known[id(node)]


def _duplicates(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if isinstance(key, yaml.ScalarNode) and key.value in lines:
            yield f"line {line}: the key {key.value} was already written in line {lines[key.value]}"
        elif isinstance(key, yaml.ScalarNode):
            lines[key.value] = line
        yield from _duplicates(value)


def _said(error: yaml.MarkedYAMLError) -> str:
    """The parser's words without what they quote, which may be a secret; its token names and single characters stay."""
    words = re.sub(r"'(?!<)[^']{2,}'", "'...'", error.problem or "is not YAML")
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {words}" if mark else words


def _mend(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in (error.problem or ""):
        return "indent with spaces, not tabs"
    return "check the indentation, and put values with special characters in quotes"


def _problem(path: Path, message: str, mend: str) -> Problem:
    return Problem(where=str(path), key="", message=message, mend=mend)
