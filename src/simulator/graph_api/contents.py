"""Checks the content of a send by its type, and describes it in one line for the list of chats.

Limits: Meta, "Messages" reference of the Cloud API (2026).
"""

from collections.abc import Callable, Mapping

from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter
from simulator.graph_api.interactive import read_interactive
from simulator.graph_api.json_fields import json_object, json_objects, optional_text, text, web_address
from simulator.graph_api.templates import read_template

MAX_BODY = 4096
MAX_CAPTION = 1024
MAX_CONTACTS = 257
MEDIA_TYPES = ("audio", "document", "image", "sticker", "video")
WITHOUT_CAPTION = ("audio", "sticker")

type Data = Mapping[str, object]


def read_content(data: Data, kind: str) -> str:
    """Check the content, which `data` has under the name of its type. Returns the line for the list of chats.

    Raises:
        GraphError: Meta refuses the content.
    """
    if kind in MEDIA_TYPES:
        return _media(json_object(data, kind), kind)
    if kind == "contacts":
        return _contacts(data)
    return READERS[kind](json_object(data, kind))


def _text(content: Data) -> str:
    return text(content, "body", max_length=MAX_BODY)


def _media(content: Data, kind: str) -> str:
    if ("id" in content) == ("link" in content):
        raise invalid_parameter(f"Param {kind} must have either an id or a link.")
    if "link" in content:
        web_address(content, "link")
    if kind in WITHOUT_CAPTION and "caption" in content:
        raise invalid_parameter(f'Unexpected key "caption" on param "{kind}".')
    if "voice" in content and not (kind == "audio" and isinstance(content["voice"], bool)):
        raise invalid_parameter("Param voice must be a boolean of an audio.")
    filename = optional_text(content, "filename") if kind == "document" else ""
    if "id" in content:
        text(content, "id")
    return optional_text(content, "caption", max_length=MAX_CAPTION) or filename or f"[{kind}]"


def _location(content: Data) -> str:
    for name, limit in (("latitude", 90), ("longitude", 180)):
        try:
            degrees = float(str(content[name]))
        except KeyError as error:
            raise missing_parameter(name) from error
        except ValueError as error:
            raise invalid_value(f"Param {name} is not a number of degrees.") from error
        if not -limit <= degrees <= limit:
            raise invalid_value(f"Param {name} must be between -{limit} and {limit}.")
    return optional_text(content, "name") or optional_text(content, "address") or "[location]"


def _contacts(data: Data) -> str:
    cards = json_objects(data, "contacts", max_items=MAX_CONTACTS)
    names = [text(json_object(card, "name"), "formatted_name") for card in cards]
    for card, formatted in zip(cards, names, strict=True):
        if len(json_object(card, "name")) == 1:
            raise invalid_parameter(f"Contact {formatted!r} needs one more part of its name.")
        for name in ("phones", "emails"):
            if card.get(name):
                json_objects(card, name, max_items=MAX_CONTACTS)
    return ", ".join(names)


def _reaction(content: Data) -> str:
    text(content, "message_id")
    emoji = content.get("emoji")
    if not isinstance(emoji, str):
        raise missing_parameter("emoji")
    return emoji or "[reaction removed]"


READERS: Mapping[str, Callable[[Data], str]] = {
    "text": _text,
    "location": _location,
    "reaction": _reaction,
    "interactive": read_interactive,
    "template": read_template,
}
TYPES = frozenset((*MEDIA_TYPES, *READERS, "contacts"))
GROUP_TYPES = frozenset((*MEDIA_TYPES, "text", "template"))
