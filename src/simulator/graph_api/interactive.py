"""Checks interactive messages: those with buttons, lists, links and forms.

Limits: Meta, "Interactive messages" of the Cloud API (2026).
"""

from collections.abc import Callable, Mapping

from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter
from simulator.graph_api.json_fields import json_object, json_objects, text, web_address

MAX_BODY = 1024
MAX_LIST_BODY = 4096
MAX_HEADING = 60
MAX_BUTTONS = 3
MAX_BUTTON = 20
MAX_BUTTON_ID = 256
MAX_SECTIONS = 10
MAX_ROWS = 10
MAX_ROW = 24
MAX_ROW_ID = 200
MAX_DESCRIPTION = 72
MAX_FLOW_BUTTON = 30
HEADERS = frozenset(("document", "image", "text", "video"))

type Data = Mapping[str, object]


def read_interactive(content: Data) -> str:
    """Check an `interactive` object. Returns the text of its body.

    Raises:
        GraphError: Meta refuses the object.
    """
    kind = text(content, "type")
    if kind not in ACTIONS:
        raise invalid_parameter(f"Param interactive['type'] must be one of {{{', '.join(sorted(ACTIONS))}}}.")
    max_length = MAX_LIST_BODY if kind == "list" else MAX_BODY
    body = text(json_object(content, "body"), "text", max_length=max_length)
    _header(content, only_text=kind == "list")
    if "footer" in content:
        text(json_object(content, "footer"), "text", max_length=MAX_HEADING)
    ACTIONS[kind](json_object(content, "action"))
    return body


def _header(content: Data, *, only_text: bool) -> None:
    if "header" not in content:
        return
    header = json_object(content, "header")
    kind = text(header, "type")
    if kind not in HEADERS or (only_text and kind != "text"):
        raise invalid_value("Param header['type'] is not possible here.")
    if kind == "text":
        text(header, "text", max_length=MAX_HEADING)
    else:
        json_object(header, kind)


def _buttons(action: Data) -> None:
    replies = []
    for button in json_objects(action, "buttons", max_items=MAX_BUTTONS):
        if button.get("type") != "reply":
            raise invalid_value("Param buttons['type'] must be reply.")
        replies.append(json_object(button, "reply"))
    _check_unique([text(reply, "id", max_length=MAX_BUTTON_ID) for reply in replies], "id")
    _check_unique([text(reply, "title", max_length=MAX_BUTTON) for reply in replies], "title")


def _sections(action: Data) -> None:
    text(action, "button", max_length=MAX_BUTTON)
    sections = json_objects(action, "sections", max_items=MAX_SECTIONS)
    rows = [row for section in sections for row in json_objects(section, "rows", max_items=MAX_ROWS)]
    if len(rows) > MAX_ROWS:
        raise invalid_parameter(f"All sections together must have at most {MAX_ROWS} rows.")
    for section in sections:
        if len(sections) > 1 or section.get("title"):
            text(section, "title", max_length=MAX_ROW)
    _check_unique([text(row, "id", max_length=MAX_ROW_ID) for row in rows], "id")
    for row in rows:
        text(row, "title", max_length=MAX_ROW)
        if row.get("description"):
            text(row, "description", max_length=MAX_DESCRIPTION)


def _link(action: Data) -> None:
    _check_name(action, "cta_url")
    parameters = json_object(action, "parameters")
    text(parameters, "display_text", max_length=MAX_BUTTON)
    web_address(parameters, "url")


def _flow(action: Data) -> None:
    _check_name(action, "flow")
    parameters = json_object(action, "parameters")
    text(parameters, "flow_cta", max_length=MAX_FLOW_BUTTON)
    text(parameters, "flow_message_version")
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise missing_parameter("flow_id")
    if parameters.get("flow_action", "navigate") not in ("navigate", "data_exchange"):
        raise invalid_value("Param flow_action must be navigate or data_exchange.")


def _check_name(action: Data, name: str) -> None:
    if text(action, "name") != name:
        raise invalid_value(f"Param action['name'] must be {name}.")


def _check_unique(values: list[str], name: str) -> None:
    if len(set(values)) < len(values):
        raise invalid_parameter(f"Each {name} must be unique.")


ACTIONS: Mapping[str, Callable[[Data], None]] = {
    "button": _buttons,
    "list": _sections,
    "cta_url": _link,
    "flow": _flow,
    "location_request_message": lambda action: _check_name(action, "send_location"),
    "request_contact_info": lambda action: _check_name(action, "request_contact_info"),
    "address_message": lambda action: _check_name(action, "address_message"),
    "call_permission_request": lambda action: _check_name(action, "call_permission_request"),
}
