"""What Meta refuses in a message that it can be asked to send.

Source: Meta, "Cloud API messages reference" (v25.0), read strictly: lengths count UTF-16 units.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import regex

type Fields = dict[str, Any]

PHONE = re.compile(r"\+[0-9]{5,20}")
ADDRESS = re.compile(r"https?://[^\s/]\S*")
CAPTIONED = ("image", "video", "document")


def complaints(message: Fields) -> Iterator[str]:
    """What is wrong with the message. Empty if Meta accepts it."""
    kind = message.get("type")
    if kind not in RULES or kind not in message:
        yield f"no type: {kind}"
        return
    if kind in {"reaction", "template"} and "context" in message:
        yield f"a {kind} is no reply"
    if not (PHONE.fullmatch(message["to"]) if "to" in message else message.get("recipient")):
        yield "nobody's address"
    yield from RULES[kind](message[kind])


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _field(fields: Fields, name: str, most: int) -> Iterator[str]:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        yield f"{name} is missing"
    elif size(value) > most:
        yield f"{name} has {size(value)} characters of {most}"


def _label(fields: Fields, name: str, most: int) -> Iterator[str]:
    yield from _field(fields, name, most)
    if "\n" in str(fields.get(name)):
        yield f"{name} has several lines"


def _text(text: Fields) -> Iterator[str]:
    yield from _field(text, "body", 4096)


def _file(kind: str) -> Callable[[Fields], Iterator[str]]:
    def check(file: Fields) -> Iterator[str]:
        if ("id" in file) == ("link" in file):
            yield "a file has an id or a link"
        if "link" in file and not ADDRESS.fullmatch(file["link"]):
            yield "link is no address"
        if "caption" in file:
            yield from _field(file, "caption", 1024) if kind in CAPTIONED else ["no caption here"]
        if "filename" in file and kind != "document":
            yield "no filename here"
        if "voice" in file and (kind, file["voice"]) != ("audio", True):
            yield "no voice here"

    return check


def _location(location: Fields) -> Iterator[str]:
    for name, most in (("latitude", 90), ("longitude", 180)):
        degrees = location.get(name)
        if not isinstance(degrees, str) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", degrees):
            yield f"{name} is no decimal in a string"
        elif abs(float(degrees)) > most:
            yield f"{name} is out of range"


def _contacts(contacts: Sequence[Fields]) -> Iterator[str]:
    if not 1 <= len(contacts) <= 5:
        yield "too many contacts, or none"
    for contact in contacts:
        name = contact["name"]
        if not name.get("formatted_name") or not name.keys() - {"formatted_name"}:
            yield "a name needs a formatted one, and one more"
        if any(not phone.get("phone") for phone in contact.get("phones", [])):
            yield "a phone without a number"


def _reaction(reaction: Fields) -> Iterator[str]:
    if not reaction.get("message_id"):
        yield "message_id is missing"
    if len(regex.findall(r"\X", reaction["emoji"])) > 1 or reaction["emoji"].isalnum():
        yield "not one emoji"


def _interactive(interactive: Fields) -> Iterator[str]:
    kind, action = interactive["type"], interactive["action"]
    yield from _field(interactive["body"], "text", 4096 if kind == "list" else 1024)
    if "footer" in interactive:
        yield from _label(interactive["footer"], "text", 60)
    checks = {
        "button": _buttons,
        "list": _list,
        "cta_url": _link,
        "flow": _flow,
        "request_contact_info": _contact_request,
    }
    yield from checks[kind](action)


def _buttons(action: Fields) -> Iterator[str]:
    replies = [button["reply"] for button in action["buttons"]]
    if not 1 <= len(replies) <= 3:
        yield "too many buttons, or none"
    yield from _choices(replies, longest_id=256, longest_title=20)


def _list(action: Fields) -> Iterator[str]:
    sections = action["sections"]
    rows = list(chain.from_iterable(section["rows"] for section in sections))
    yield from _label(action, "button", 20)
    if not 1 <= len(sections) <= 10 or not all(section["rows"] for section in sections) or len(rows) > 10:
        yield "too many sections or rows, or none"
    for section in sections:
        if len(sections) > 1 or "title" in section:
            yield from _label(section, "title", 24)
    yield from _choices(rows, longest_id=200, longest_title=24)
    for row in rows:
        if "description" in row:
            yield from _label(row, "description", 72)


def _choices(choices: Sequence[Fields], *, longest_id: int, longest_title: int) -> Iterator[str]:
    for choice in choices:
        yield from _field(choice, "id", longest_id)
        yield from _label(choice, "title", longest_title)
        if choice["id"] != choice["id"].strip():
            yield "spaces around an id"
    for name in ("id", "title"):
        if len({choice[name] for choice in choices}) < len(choices):
            yield f"the same {name} twice"


def _link(action: Fields) -> Iterator[str]:
    parameters = action["parameters"]
    yield from _label(parameters, "display_text", 20)
    if action["name"] != "cta_url" or not ADDRESS.fullmatch(parameters["url"]):
        yield "url is no address"


def _contact_request(action: Fields) -> Iterator[str]:
    if action != {"name": "request_contact_info"}:
        yield "no request for a contact"


def _flow(action: Fields) -> Iterator[str]:
    parameters = action["parameters"]
    yield from _label(parameters, "flow_cta", 30)
    yield from _field(parameters, "flow_id", 200)
    if (action["name"], parameters.get("flow_message_version")) != ("flow", "3"):
        yield "no flow of version 3"
    if "flow_action_payload" in parameters and parameters.get("flow_action") != "navigate":
        yield "a screen without navigate"


def _template(template: Fields) -> Iterator[str]:
    yield from _label(template, "name", 512)
    yield from _label(template["language"], "code", 10)
    for component in template.get("components", []):
        for parameter in component["parameters"]:
            kind = parameter["type"]
            yield from RULES[kind](parameter[kind]) if kind in CAPTIONED else _field(parameter, kind, 1024)
            if re.search(r"[\n\t]| {5}", parameter.get("text", "")):
                yield "a parameter with line breaks, tabs or rows of spaces"


RULES: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "text": _text,
    **{kind: _file(kind) for kind in (*CAPTIONED, "audio", "sticker")},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
}
