"""What an agent said as WhatsApp can show it.

Source: Meta, "Cloud API messages reference" (v25.0). The unit of its limits is not documented; UTF-16 code units are
the strictest reading.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import regex
from attrs import evolve, fields, has

from adapters.whatsapp import questions
from adapters.whatsapp.fields import storable
from adapters.whatsapp.formatting import to_whatsapp
from adapters.whatsapp.graph_messages import CAPTIONED
from adapters.whatsapp.passages import units
from adapters.whatsapp.splitting import texts
from domain.contents import MediaKind
from domain.parts import (
    ButtonsPart,
    ContactsPart,
    FormPart,
    LinkPart,
    MediaPart,
    MenuPart,
    Part,
    ReactionPart,
    TextPart,
)

LONGEST_CAPTION = 1024
MOST_CARDS = 5  # Meta's pages name 257 as well; five pass for certain
EMOJI = regex.compile(r"(?=\X\Z)(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]).+", regex.DOTALL)
MAX_FILENAME = 100  # of a name that is made from an address; the ending is kept
PATH = re.compile(r"https?://[^/?#]*([^?#]*)", re.IGNORECASE)
# Endings of what Meta does not take as an image, though an agent may well call it one.
NO_IMAGE = re.compile(
    r"\.(?:webp|gif|bmp|tiff?|svg|heic|heif|avif|ico|pdf|zip|gz|tar|rar|7z"
    r"|json|xml|csv|txt|html?|docx?|xlsx?|pptx?|mp4|mp3)\Z",
    re.IGNORECASE,
)
ONE_LINE = frozenset({"title", "description", "button", "footer"})


def present(part: Part) -> tuple[Part, ...]:
    """The parts to send for `part`, each of which Meta takes; at least its words can be read."""
    clean: Part = _cleaned(part)
    presenter = PRESENTERS.get(type(clean))
    return presenter(clean) if presenter else (clean,)


def _text(part: TextPart) -> tuple[Part, ...]:
    return texts(to_whatsapp(part.body), reply_to=part.reply_to)


def _media(part: MediaPart) -> tuple[Part, ...]:
    part = _as_document(part)
    caption = to_whatsapp(part.caption)
    if not (part.id or questions.ADDRESS.fullmatch(part.link)):
        return texts(f"{caption}\n\n{part.link}", reply_to=part.reply_to)
    if part.kind in CAPTIONED and units(caption) <= LONGEST_CAPTION:
        return (evolve(part, caption=caption),)
    return (evolve(part, caption=""), *texts(caption))


def _as_document(part: MediaPart) -> MediaPart:
    """By its address, what cannot be an image is a document; and a document has a name, or phones show none."""
    path = PATH.match(part.link)
    name = storable(_one_line(unquote(path[1]).rpartition("/")[2])) if path else ""
    kind = MediaKind.DOCUMENT if part.kind is MediaKind.IMAGE and NO_IMAGE.search(name) else part.kind
    if kind is not MediaKind.DOCUMENT or part.filename or not path:
        return evolve(part, kind=kind)
    return evolve(part, kind=kind, filename=name[-MAX_FILENAME:].strip() or "document")


def _contacts(part: ContactsPart) -> tuple[Part, ...]:
    first, *others = itertools.batched(part.cards, MOST_CARDS)
    return (evolve(part, cards=first), *(ContactsPart(cards=cards) for cards in others))


def _reaction(part: ReactionPart) -> tuple[Part, ...]:
    """Words are no reaction, but they can reply."""
    if not part.emoji or EMOJI.fullmatch(part.emoji):
        return (part,)
    return texts(to_whatsapp(part.emoji), reply_to=part.message_id)


def _cleaned(value: Any) -> Any:
    """Every text in it without halves of emoji, which no store can encode; titles and the like in one line."""
    if type(value) is str:
        return storable(value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if not has(type(value)):
        return value
    found = {field.name: _cleaned(getattr(value, field.name)) for field in fields(type(value))}
    return evolve(value, **found | {name: _one_line(found[name]) for name in ONE_LINE & found.keys()})


def _one_line(text: str) -> str:
    """Blank text stays, for there are titles that must not be empty."""
    return " ".join(text.split()) or text


PRESENTERS: Mapping[type, Callable[[Any], tuple[Part, ...]]] = {
    TextPart: _text,
    MediaPart: _media,
    ContactsPart: _contacts,
    ReactionPart: _reaction,
    ButtonsPart: questions.buttons,
    MenuPart: questions.menu,
    LinkPart: questions.link,
    FormPart: questions.form,
}
