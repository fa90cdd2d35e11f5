"""Read a YAML file, strictly: no key twice, and errors by line and column that quote nothing of the file."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from attrs import evolve

from entrypoints.settings.errors import ConfigurationError, Problem

# With every alias written out. A few lines of aliases of aliases are more than a machine can hold.
MAX_VALUES = 100_000


class _TooLargeError(Exception):
    """The file stands for more values than any configuration has."""


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in the file; empty when the file is.

    Raises:
        ConfigurationError: the file cannot be read, is no mapping, or has a key twice.
    """
    try:
        tree, duplicates = _parse(path.read_bytes())
    except OSError as error:
        problems = [Problem(message=f"cannot be read ({error.strerror})", fix="make it a file we may read")]
    except yaml.MarkedYAMLError as error:
        problems = [Problem(message=_without_quotes(error), fix=_fix(error))]
    except (yaml.YAMLError, UnicodeError):
        problems = [Problem(message="is not UTF-8 text", fix="save it as UTF-8, without control characters")]
    except (RecursionError, _TooLargeError):
        message = "is nested too deeply, or too large with its aliases written out"
        problems = [Problem(message=message, fix="write it without aliases")]
    except (ValueError, LookupError, AttributeError):  # an impossible date, like 2026-99-99; a tag that does not fit
        problems = [Problem(message="holds a value that YAML cannot read", fix="put dates and the like in quotes")]
    else:
        if isinstance(tree, dict) and not duplicates:
            return tree
        problems = [Problem(message=message, fix="keep one of the two") for message in duplicates]
        if not problems:
            problems = [Problem(message="holds no keys", fix="write it as in the example of the documentation")]
    raise ConfigurationError([evolve(problem, where=str(path)) for problem in problems])


def _parse(content: bytes) -> tuple[object, tuple[str, ...]]:
    """What the file holds, and a message for each key that it has twice."""
    loader = yaml.SafeLoader(content)
    node = loader.get_single_node()
    if node is None:
        return {}, ()
    if _values(node, {}) > MAX_VALUES:
        raise _TooLargeError
    duplicates = tuple(_duplicates(node))  # before merge keys (<<) are resolved
    return loader.construct_document(node), duplicates


def _values(node: yaml.Node, known: dict[int, float]) -> float:
    """How many values a node stands for; infinitely many when it contains itself."""
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


def _without_quotes(error: yaml.MarkedYAMLError) -> str:
    """The parser's message without the texts it quotes, which may be secrets.

    Token names and single characters stay: "could not find expected ':'" does, "found undefined alias 'x1'" loses x1.
    """
    message = re.sub(r"'(?!<)[^']{2,}'", "'...'", error.problem or "is not YAML")
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {message}" if mark else message


def _fix(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in (error.problem or ""):
        return "indent with spaces, not tabs"
    return "check the indentation, and put values with special characters in quotes"
