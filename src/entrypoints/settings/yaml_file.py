"""Read a YAML file, strictly: no key twice, and errors by line and column that quote nothing of the file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from entrypoints.settings.environment import expand
from entrypoints.settings.errors import ConfigurationError, Problem


class _Loader(yaml.SafeLoader):
    """Remembers the keys that a block has twice. Merged blocks (<<) may have the same keys."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.duplicates: list[Problem] = []

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in lines:
                message = f"line {line}: the key {key.value} was already written in line {lines[key.value]}"
                self.duplicates.append(Problem(message=message, fix="keep one of the two"))
            lines.setdefault(key.value, line)
        return node


def read_yaml(path: Path, *, environ: Mapping[str, str]) -> dict[str, Any]:
    """The mapping in the file, with its placeholders expanded; empty when the file is.

    Raises:
        ConfigurationError: the file cannot be read, is no mapping, or has a key twice.
    """
    try:
        loader = _Loader(path.read_bytes())
        tree = expand(loader.get_single_data(), environ=environ)
    except OSError as error:
        problem = Problem(message=f"cannot be read ({error.strerror})", fix="make it a file we may read")
    except yaml.MarkedYAMLError as error:
        problem = Problem(message=_without_quotes(error), fix=_fix(error))
    except (yaml.YAMLError, UnicodeError):
        problem = Problem(message="is not UTF-8 text", fix="save it as UTF-8, without control characters")
    except RecursionError:
        problem = Problem(message="is nested too deeply, or contains itself", fix="write it without aliases")
    except (ValueError, LookupError, AttributeError):  # an impossible date, like 2026-99-99; a tag that does not fit
        problem = Problem(message="holds a value that YAML cannot read", fix="put dates and the like in quotes")
    else:
        if loader.duplicates:
            raise ConfigurationError(loader.duplicates)
        if tree is None:
            return {}
        if isinstance(tree, dict):
            return tree
        problem = Problem(message="holds no keys", fix="write it as in the example of the documentation")
    raise ConfigurationError([problem])


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
