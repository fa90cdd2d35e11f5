"""Reads the fields of a request's JSON, and refuses as Meta does what is missing, of the wrong kind or too long."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter


def an_object(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The object called `name`.

    Raises:
        GraphError: it is missing, or something else.
    """
    value = data.get(name)
    if value is None:
        raise missing_parameter(name)
    if not isinstance(value, Mapping):
        raise invalid_parameter(f"Param {name} must be a JSON object.")
    return value


def objects(data: Mapping[str, object], name: str, *, most: int) -> Sequence[Mapping[str, object]]:
    """The list of at least one and at most `most` objects called `name`.

    Raises:
        GraphError: it is missing, empty, too long, or something else.
    """
    value = data.get(name)
    if value is None or value == []:
        raise missing_parameter(name)
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise invalid_parameter(f"Param {name} must be a list of JSON objects.")
    if len(value) > most:
        raise invalid_parameter(f"Param {name} must have at most {most} elements.")
    return value


def text(data: Mapping[str, object], name: str, *, longest: int | None = None) -> str:
    """The text called `name`, of at most `longest` characters.

    Raises:
        GraphError: it is missing, blank, too long, or something else.
    """
    value = data.get(name)
    if value is None or value == "":
        raise missing_parameter(name)
    if not isinstance(value, str):
        raise invalid_parameter(f"Param {name} must be a string.")
    if longest is not None and length(value) > longest:
        raise invalid_parameter(f"Param {name} must be at most {longest} characters long.")
    return value


def maybe_text(data: Mapping[str, object], name: str, *, longest: int | None = None) -> str:
    """As `text`; blank when it is missing."""
    return text(data, name, longest=longest) if name in data else ""


def web_address(data: Mapping[str, object], name: str) -> str:
    """The address called `name`.

    Raises:
        GraphError: it is missing, or leads nowhere on the web.
    """
    address = text(data, name)
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        raise invalid_value(f"Param {name} is not a valid URL.")
    return address


def length(value: str) -> int:
    """Counted in UTF-16 units: Meta doesn't say which, and these are the strictest."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2
