"""A part of an agent's answer as WhatsApp can show it.

| part | WhatsApp shows | where it does not fit |
| --- | --- | --- |
| text | messages of 4096 characters | the rest is left out |
| file | the file with its caption | caption and address as text, a long caption as a text after the file |
| contacts | messages of five cards | the other cards as text |
| reaction | an emoji | a text that replies to the message |
| buttons | three buttons | a list |
| list | ten rows | a text with numbers |
| link | a button that opens the address | a text with the address |
| form | a button that opens the form | its button is cut |

A location and a template are sent as they are. `limits` has the numbers, `interactive` the last four.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import regex
from attrs import evolve, fields, has

from adapters.whatsapp.formatting import interactive
from adapters.whatsapp.formatting.limits import ADDRESS, CAPTIONED, MAX_CAPTION, MAX_CARDS
from adapters.whatsapp.formatting.markdown import format_markdown
from adapters.whatsapp.formatting.segmentation import utf16_length
from adapters.whatsapp.formatting.spans import read_spans, without_markers
from adapters.whatsapp.formatting.splitting import shorten, text_parts
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

EMOJI = regex.compile(r"(?=\X\Z)(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]).+", regex.DOTALL)
MAX_FILENAME = 100  # of a name that is made from an address; the ending is kept
PATH = re.compile(r"https?://[^/?#]*([^?#]*)", re.IGNORECASE)
# Endings of files that Meta does not take as an image, although an agent may call them one.
NO_IMAGE = re.compile(
    r"\.(?:webp|gif|bmp|tiff?|svg|heic|heif|avif|ico|pdf|zip|gz|tar|rar|7z"
    r"|json|xml|csv|txt|html?|docx?|xlsx?|pptx?|mp4|mp3)\Z",
    re.IGNORECASE,
)
ONE_LINE = frozenset({"title", "description", "button", "footer"})


def render(part: Part, *, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
    """The parts to send for `part`: one at least, `at_most` at most. Meta takes each of them."""
    clean: Part = _cleaned(part)
    renderer = RENDERERS.get(type(clean))
    return renderer(clean, at_most) if renderer else (clean,)


def _text(part: TextPart, at_most: int) -> tuple[Part, ...]:
    return text_parts(format_markdown(part.body), reply_to=part.reply_to, at_most=at_most)


def _media(part: MediaPart, at_most: int) -> tuple[Part, ...]:
    part = _as_document(part)
    marked = format_markdown(part.caption)
    if not (part.id or ADDRESS.fullmatch(part.link)):
        return text_parts(f"{marked}\n\n{part.link}", reply_to=part.reply_to, at_most=at_most)
    caption, _ = read_spans(marked)
    if part.kind in CAPTIONED and (utf16_length(caption) <= MAX_CAPTION or at_most == 1):
        return (evolve(part, caption=shorten(marked, limit=MAX_CAPTION)),)
    return (evolve(part, caption=""), *text_parts(marked, at_most=at_most - 1))


def _as_document(part: MediaPart) -> MediaPart:
    """A file whose address ends like no image is a document. A document gets a name, or phones would show none."""
    path = PATH.match(part.link)
    name = without_surrogates(_one_line(unquote(path[1]).rpartition("/")[2])) if path else ""
    kind = MediaKind.DOCUMENT if part.kind is MediaKind.IMAGE and NO_IMAGE.search(name) else part.kind
    if kind is not MediaKind.DOCUMENT or part.filename or not path:
        return evolve(part, kind=kind)
    return evolve(part, kind=kind, filename=name[-MAX_FILENAME:].strip() or "document")


def _contacts(part: ContactsPart, at_most: int) -> tuple[Part, ...]:
    """Messages of `MAX_CARDS` cards. Cards that do not fit in `at_most` messages are text in the last one."""
    first, *others = itertools.batched(part.cards, MAX_CARDS)
    if len(others) < at_most:
        return (evolve(part, cards=first), *(ContactsPart(cards=cards) for cards in others))
    shown = part.cards[: MAX_CARDS * (at_most - 1)]
    rest = "\n".join(map(describe_card, part.cards[len(shown) :]))
    cards = _contacts(evolve(part, cards=shown), at_most - 1) if shown else ()
    return (*cards, *text_parts(rest, reply_to="" if cards else part.reply_to, at_most=1))


def _reaction(part: ReactionPart, at_most: int) -> tuple[Part, ...]:
    """WhatsApp takes one emoji as a reaction. Other text becomes a reply to the same message."""
    if not part.emoji or EMOJI.fullmatch(part.emoji):
        return (part,)
    return text_parts(format_markdown(part.emoji), reply_to=part.message_id, at_most=at_most)


def _cleaned(value: Any) -> Any:
    """The part with every text cleaned: without lone surrogates and span markers, titles and the like in one line."""
    if type(value) is str:
        return without_surrogates(without_markers(value) or value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if not has(type(value)):
        return value
    cleaned = {field.name: _cleaned(getattr(value, field.name)) for field in fields(type(value))}
    return evolve(value, **cleaned | {name: _one_line(cleaned[name]) for name in ONE_LINE & cleaned.keys()})


def _one_line(text: str) -> str:
    """Blank text stays as it is: some titles must not be empty."""
    return " ".join(text.split()) or text


RENDERERS: Mapping[type, Callable[[Any, int], tuple[Part, ...]]] = {
    TextPart: _text,
    MediaPart: _media,
    ContactsPart: _contacts,
    ReactionPart: _reaction,
    ButtonsPart: interactive.buttons,
    MenuPart: interactive.menu,
    LinkPart: interactive.link,
    FormPart: interactive.form,
}
