"""Messages one can tap: what Meta takes of them.

Limits: Meta, "Interactive messages" of the Cloud API (2026).
"""

from collections.abc import Callable, Mapping

from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter
from simulator.graph_api.json_fields import an_object, objects, text, web_address

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
    """Check an `interactive` object; its body.

    Raises:
        GraphError: as Meta refuses it.
    """
    kind = text(content, "type")
    if kind not in ACTIONS:
        raise invalid_parameter(f"Param interactive['type'] must be one of {{{', '.join(sorted(ACTIONS))}}}.")
    longest = MAX_LIST_BODY if kind == "list" else MAX_BODY
    body = text(an_object(content, "body"), "text", longest=longest)
    _header(content, only_text=kind == "list")
    if "footer" in content:
        text(an_object(content, "footer"), "text", longest=MAX_HEADING)
    ACTIONS[kind](an_object(content, "action"))
    return body


def _header(content: Data, *, only_text: bool) -> None:
    if "header" not in content:
        return
    header = an_object(content, "header")
    kind = text(header, "type")
    if kind not in HEADERS or (only_text and kind != "text"):
        raise invalid_value("Param header['type'] is not possible here.")
    if kind == "text":
        text(header, "text", longest=MAX_HEADING)
    else:
        an_object(header, kind)


def _buttons(action: Data) -> None:
    replies = []
    for button in objects(action, "buttons", most=MAX_BUTTONS):
        if button.get("type") != "reply":
            raise invalid_value("Param buttons['type'] must be reply.")
        replies.append(an_object(button, "reply"))
    _unique([text(reply, "id", longest=MAX_BUTTON_ID) for reply in replies], "id")
    _unique([text(reply, "title", longest=MAX_BUTTON) for reply in replies], "title")


def _sections(action: Data) -> None:
    text(action, "button", longest=MAX_BUTTON)
    sections = objects(action, "sections", most=MAX_SECTIONS)
    rows = [row for section in sections for row in objects(section, "rows", most=MAX_ROWS)]
    if len(rows) > MAX_ROWS:
        raise invalid_parameter(f"All sections together must have at most {MAX_ROWS} rows.")
    for section in sections:
        if len(sections) > 1 or section.get("title"):
            text(section, "title", longest=MAX_ROW)
    _unique([text(row, "id", longest=MAX_ROW_ID) for row in rows], "id")
    for row in rows:
        text(row, "title", longest=MAX_ROW)
        if row.get("description"):
            text(row, "description", longest=MAX_DESCRIPTION)


def _link(action: Data) -> None:
    _named(action, "cta_url")
    parameters = an_object(action, "parameters")
    text(parameters, "display_text", longest=MAX_BUTTON)
    web_address(parameters, "url")


def _flow(action: Data) -> None:
    _named(action, "flow")
    parameters = an_object(action, "parameters")
    text(parameters, "flow_cta", longest=MAX_FLOW_BUTTON)
    text(parameters, "flow_message_version")
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise missing_parameter("flow_id")
    if parameters.get("flow_action", "navigate") not in ("navigate", "data_exchange"):
        raise invalid_value("Param flow_action must be navigate or data_exchange.")


def _named(action: Data, name: str) -> None:
    if text(action, "name") != name:
        raise invalid_value(f"Param action['name'] must be {name}.")


def _unique(values: list[str], name: str) -> None:
    if len(set(values)) < len(values):
        raise invalid_parameter(f"Each {name} must be another one.")


ACTIONS: Mapping[str, Callable[[Data], None]] = {
    "button": _buttons,
    "list": _sections,
    "cta_url": _link,
    "flow": _flow,
    "location_request_message": lambda action: _named(action, "send_location"),
    "request_contact_info": lambda action: _named(action, "request_contact_info"),
    "address_message": lambda action: _named(action, "address_message"),
    "call_permission_request": lambda action: _named(action, "call_permission_request"),
}
