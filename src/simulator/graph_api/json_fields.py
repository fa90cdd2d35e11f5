"""Reads the fields of a JSON request. Refuses, as Meta does, a field that is missing, too long or of the wrong type."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter


def json_object(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The object in the field `name`.

    Raises:
        GraphError: it is missing or not an object.
    """
    value = data.get(name)
    if value is None:
        raise missing_parameter(name)
    if not isinstance(value, Mapping):
        raise invalid_parameter(f"Param {name} must be a JSON object.")
    return value


def json_objects(data: Mapping[str, object], name: str, *, max_items: int) -> Sequence[Mapping[str, object]]:
    """The list in the field `name`: at least one and at most `max_items` objects.

    Raises:
        GraphError: it is missing, empty, too long, or not a list of objects.
    """
    value = data.get(name)
    if value is None or value == []:
        raise missing_parameter(name)
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise invalid_parameter(f"Param {name} must be a list of JSON objects.")
    if len(value) > max_items:
        raise invalid_parameter(f"Param {name} must have at most {max_items} elements.")
    return value


def text(data: Mapping[str, object], name: str, *, max_length: int | None = None) -> str:
    """The text in the field `name`, of at most `max_length` characters.

    Raises:
        GraphError: it is missing, empty, too long, or not a text.
    """
    value = data.get(name)
    if value is None or value == "":
        raise missing_parameter(name)
    if not isinstance(value, str):
        raise invalid_parameter(f"Param {name} must be a string.")
    if max_length is not None and length(value) > max_length:
        raise invalid_parameter(f"Param {name} must be at most {max_length} characters long.")
    return value


def optional_text(data: Mapping[str, object], name: str, *, max_length: int | None = None) -> str:
    """As `text`, but empty when the field is missing."""
    return text(data, name, max_length=max_length) if name in data else ""


def web_address(data: Mapping[str, object], name: str) -> str:
    """The web address in the field `name`.

    Raises:
        GraphError: it is missing, or is not an HTTP address.
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
    """The length in UTF-16 units. Meta does not say how it counts, and this is the strictest way."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2
