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

from adapters.whatsapp.formatting import interactive
from adapters.whatsapp.formatting.markdown import formatted
from adapters.whatsapp.formatting.segmentation import units
from adapters.whatsapp.formatting.spans import read_spans, without_markers
from adapters.whatsapp.formatting.splitting import shortened, texts
from adapters.whatsapp.graph.messages import CAPTIONED
from adapters.whatsapp.json_fields import without_surrogates
from domain.messages.part_limits import MAX_PARTS
from domain.messages.parts import (
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
from domain.messages.plain_text import describe_card
from domain.messages.shared_values import MediaKind

MAX_CAPTION = 1024
MAX_CARDS = 5  # Meta's pages name 257 as well; five pass for certain
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


def render(part: Part, *, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
    """At most so many parts to send for `part`, each of which Meta takes; at least its words can be read."""
    clean: Part = _cleaned(part)
    presenter = PRESENTERS.get(type(clean))
    return presenter(clean, at_most) if presenter else (clean,)


def _text(part: TextPart, at_most: int) -> tuple[Part, ...]:
    return texts(formatted(part.body), reply_to=part.reply_to, at_most=at_most)


def _media(part: MediaPart, at_most: int) -> tuple[Part, ...]:
    part = _as_document(part)
    marked = formatted(part.caption)
    if not (part.id or interactive.ADDRESS.fullmatch(part.link)):
        return texts(f"{marked}\n\n{part.link}", reply_to=part.reply_to, at_most=at_most)
    caption, _ = read_spans(marked)
    if part.kind in CAPTIONED and (units(caption) <= MAX_CAPTION or at_most == 1):
        return (evolve(part, caption=shortened(marked, limit=MAX_CAPTION)),)
    return (evolve(part, caption=""), *texts(marked, at_most=at_most - 1))


def _as_document(part: MediaPart) -> MediaPart:
    """By its address, what cannot be an image is a document; and a document has a name, or phones show none."""
    path = PATH.match(part.link)
    name = without_surrogates(_one_line(unquote(path[1]).rpartition("/")[2])) if path else ""
    kind = MediaKind.DOCUMENT if part.kind is MediaKind.IMAGE and NO_IMAGE.search(name) else part.kind
    if kind is not MediaKind.DOCUMENT or part.filename or not path:
        return evolve(part, kind=kind)
    return evolve(part, kind=kind, filename=name[-MAX_FILENAME:].strip() or "document")


def _contacts(part: ContactsPart, at_most: int) -> tuple[Part, ...]:
    """Cards that are too many for so many messages are in words."""
    first, *others = itertools.batched(part.cards, MAX_CARDS)
    if len(others) < at_most:
        return (evolve(part, cards=first), *(ContactsPart(cards=cards) for cards in others))
    shown = part.cards[: MAX_CARDS * (at_most - 1)]
    rest = "\n".join(map(describe_card, part.cards[len(shown) :]))
    cards = _contacts(evolve(part, cards=shown), at_most - 1) if shown else ()
    return (*cards, *texts(rest, reply_to="" if cards else part.reply_to, at_most=1))


def _reaction(part: ReactionPart, at_most: int) -> tuple[Part, ...]:
    """Words are no reaction, but they can reply."""
    if not part.emoji or EMOJI.fullmatch(part.emoji):
        return (part,)
    return texts(formatted(part.emoji), reply_to=part.message_id, at_most=at_most)


def _cleaned(value: Any) -> Any:
    """Every text in it without halves of emoji, which no store can encode; titles and the like in one line.

    Characters that would be taken for markers of spans are left out.
    """
    if type(value) is str:
        return without_surrogates(without_markers(value) or value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if not has(type(value)):
        return value
    found = {field.name: _cleaned(getattr(value, field.name)) for field in fields(type(value))}
    return evolve(value, **found | {name: _one_line(found[name]) for name in ONE_LINE & found.keys()})


def _one_line(text: str) -> str:
    """Blank text stays, for there are titles that must not be empty."""
    return " ".join(text.split()) or text


PRESENTERS: Mapping[type, Callable[[Any, int], tuple[Part, ...]]] = {
    TextPart: _text,
    MediaPart: _media,
    ContactsPart: _contacts,
    ReactionPart: _reaction,
    ButtonsPart: interactive.buttons,
    MenuPart: interactive.menu,
    LinkPart: interactive.link,
    FormPart: interactive.form,
}
