"""Read a YAML file, strictly: no key twice, and errors by line and column that quote nothing of the file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from entrypoints.settings.errors import Problem


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
        loader = yaml.SafeLoader(content)
        node = loader.get_single_node()
        if node is None:
            return {}, ()
        twice = tuple(_problem(path, message, "keep one of the two") for message in _duplicates(node))
        tree = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        return {}, (_problem(path, _said(error), _mend(error)),)
    except (yaml.YAMLError, UnicodeError):
        return {}, (_problem(path, "is not UTF-8 text", "save it as UTF-8, without control characters"),)
    except ValueError:  # a date that is none, like 2026-99-99
        return {}, (_problem(path, "holds a value that YAML cannot read", "put dates and the like in quotes"),)
    if not isinstance(tree, dict):
        return {}, (_problem(path, "holds no keys", "write it as in the example of the documentation"),)
    return tree, twice


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
