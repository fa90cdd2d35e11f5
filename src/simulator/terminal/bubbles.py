"""A bubble of the business as lines of a terminal; what can be tapped is numbered from 1.

Shapes: Meta, "Messages" reference of the Cloud API (2026).
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.graph_api.links import file_of
from simulator.phone.choices import Offer, offers

type Json = Mapping[str, Any]


def bubble_lines(message: Json) -> list[str]:
    """The lines of a message of the thread's JSON."""
    show = SHOWN.get(message["type"], _text)
    return [*show(message), *_offered(message)]


def tappable(message: Json) -> tuple[Offer, ...]:
    """What number 1, 2, ... of these lines is."""
    return offers(message["type"], message["content"], message["quick_replies"])


def _offered(message: Json) -> Iterator[str]:
    numbered = enumerate(tappable(message), start=1)
    for section, group in itertools.groupby(numbered, key=lambda pair: pair[1].section):
        if section:
            yield f"  {section}"
        for number, offer in group:
            yield _joined(f"  /{number} {offer.title}", offer.description, by=": ")


def _text(message: Json) -> list[str]:
    return [str(message["body"])]


def _media(message: Json) -> list[str]:
    content = message["content"]
    kind = "voice note" if content.get("voice") else message["type"]
    return [_joined(f"[{kind}]", content.get("filename"), content.get("caption"), content.get("link"))]


def _location(message: Json) -> list[str]:
    place = message["content"]
    where = _joined(place.get("name"), place.get("address"), by=", ")
    latitude, longitude = place["latitude"], place["longitude"]
    page = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
    return [_joined("[location]", where, f"({latitude}, {longitude})", page)]


def _contacts(message: Json) -> list[str]:
    return [f"[contact] {_card(card)}" for card in message["content"]]


def _card(card: Json) -> str:
    phones = [phone.get("phone") for phone in card.get("phones") or ()]
    emails = [email.get("email") for email in card.get("emails") or ()]
    company = (card.get("org") or {}).get("company")
    return _joined(card["name"]["formatted_name"], company, *phones, *emails, by=", ")


def _interactive(message: Json) -> list[str]:
    content = message["content"]
    header = content.get("header") or {}
    file = file_of("interactive", content)
    heading = _joined(f"[{file[0]}]", file[1].get("link")) if file else header.get("text")
    footer = (content.get("footer") or {}).get("text")
    ask = ASKS.get(content["type"])
    lines = (heading, message["body"], footer, ask(content["action"]) if ask else "")
    return [str(line) for line in lines if line]


def _template(message: Json) -> list[str]:
    return [f"[template {message['content']['name']}] {message['body']}"]


def _link(action: Json) -> str:
    return f"  [{action['parameters']['display_text']}] {action['parameters']['url']}"


def _flow(action: Json) -> str:
    return f"  [{action['parameters']['flow_cta']}] a form, to be filled in on the phone's page"


def _joined(*words: object, by: str = " ") -> str:
    return by.join(str(word) for word in words if word)


MEDIA = dict.fromkeys(("image", "sticker", "video", "audio", "document"), _media)
SHOWN: Mapping[str, Callable[[Json], list[str]]] = {
    **MEDIA,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "template": _template,
}
ASKS: Mapping[str, Callable[[Json], str]] = {
    "cta_url": _link,
    "flow": _flow,
    "location_request_message": lambda _: "  [Send location] on the phone's page",
    "address_message": lambda _: "  [Send address] on the phone's page",
    "request_contact_info": lambda _: "  [Share contact] on the phone's page",
}
