"""Shows a message of the business as lines of a terminal. Its choices are numbered from 1.

Shapes: Meta, "Messages" reference of the Cloud API (2026).
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.graph_api.links import file_of
from simulator.phone.choices import Choice, choices
from simulator.state.chat_messages import TELEGRAM
from simulator.terminal.keyboards import keyboard_choices, link_lines

type Json = Mapping[str, Any]


def bubble_lines(message: Json) -> list[str]:
    """The lines of a message. `message` is its JSON in the thread."""
    render = RENDERERS.get(message["type"], _text)
    links = link_lines(message["content"].get("reply_markup") or {}) if message["channel"] == TELEGRAM else []
    return [*render(message), *links, *_choice_lines(message)]


def tappable(message: Json) -> tuple[Choice, ...]:
    """The choices of a message, in the order of their numbers."""
    if message["channel"] == TELEGRAM:
        return keyboard_choices(message["content"].get("reply_markup") or {})
    return choices(message["type"], message["content"], message["quick_replies"])


def _choice_lines(message: Json) -> Iterator[str]:
    numbered = enumerate(tappable(message), start=1)
    for section, group in itertools.groupby(numbered, key=lambda pair: pair[1].section):
        if section:
            yield f"  {section}"
        for number, choice in group:
            yield _join(f"  /{number} {choice.title}", choice.description, by=": ")


def _text(message: Json) -> list[str]:
    return [str(message["body"])]


def _media(message: Json) -> list[str]:
    content = message["content"]
    kind = "voice note" if content.get("voice") else message["type"]
    return [_join(f"[{kind}]", content.get("filename"), content.get("caption"), content.get("link"))]


def _location(message: Json) -> list[str]:
    place = message["content"]
    where = _join(place.get("name"), place.get("address"), by=", ")
    latitude, longitude = place["latitude"], place["longitude"]
    page = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
    return [_join("[location]", where, f"({latitude}, {longitude})", page)]


def _contacts(message: Json) -> list[str]:
    content = message["content"]
    return [f"[contact] {_card(card)}" for card in (content if isinstance(content, list) else content["cards"])]


def _card(card: Json) -> str:
    phones = [phone.get("phone") for phone in card.get("phones") or ()]
    emails = [email.get("email") for email in card.get("emails") or ()]
    company = (card.get("org") or {}).get("company")
    return _join(card["name"]["formatted_name"], company, *phones, *emails, by=", ")


def _interactive(message: Json) -> list[str]:
    content = message["content"]
    header = content.get("header") or {}
    file = file_of("interactive", content)
    heading = _join(f"[{file[0]}]", file[1].get("link")) if file else header.get("text")
    footer = (content.get("footer") or {}).get("text")
    action_line = ACTION_LINES.get(content["type"])
    lines = (heading, message["body"], footer, action_line(content["action"]) if action_line else "")
    return [str(line) for line in lines if line]


def _template(message: Json) -> list[str]:
    return [f"[template {message['content']['name']}] {message['body']}"]


def _link(action: Json) -> str:
    return f"  [{action['parameters']['display_text']}] {action['parameters']['url']}"


def _flow(action: Json) -> str:
    return f"  [{action['parameters']['flow_cta']}] a form. Fill it in on the phone's page."


def _join(*parts: object, by: str = " ") -> str:
    return by.join(str(part) for part in parts if part)


MEDIA = dict.fromkeys(("image", "sticker", "video", "audio", "document"), _media)
RENDERERS: Mapping[str, Callable[[Json], list[str]]] = {
    **MEDIA,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "template": _template,
}
ACTION_LINES: Mapping[str, Callable[[Json], str]] = {
    "cta_url": _link,
    "flow": _flow,
    "location_request_message": lambda _: "  [Send location] on the phone's page",
    "address_message": lambda _: "  [Send address] on the phone's page",
    "request_contact_info": lambda _: "  [Share contact] on the phone's page",
}
