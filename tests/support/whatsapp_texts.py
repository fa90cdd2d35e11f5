"""Texts and parts as WhatsApp writes them."""

from typing import Any

from attrs import evolve

from adapters.channel_kit.dialects.whatsapp import WhatsAppDialect
from adapters.channel_kit.markdown.reader import read_fences, read_markdown
from adapters.channel_kit.splitting import Splitter
from adapters.whatsapp.capabilities import WHATSAPP
from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.messages.outbound import Part, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.messages.rich_text import Markdown, RichText

MAX_TEXT = WHATSAPP.text
DIALECT = WhatsAppDialect()
SPLITTER = Splitter(size=WHATSAPP.unit.size, dialect=DIALECT)
MESSENGER = GraphMessenger(client=None, api_url="", api_version="v25.0", phone_number_id="1", access_token="t")

utf16_length = WHATSAPP.unit.size


def to_whatsapp(markdown: str) -> str:
    return DIALECT.write(read_markdown(markdown))


def split(text: str, *, limit: int = MAX_TEXT) -> tuple[str, ...]:
    """The parts of a text that is no Markdown, but for its code blocks."""
    return tuple(map(DIALECT.write, SPLITTER.split(read_fences(text), limit=limit)))


def split_markdown(markdown: str, *, limit: int = MAX_TEXT) -> tuple[str, ...]:
    return tuple(map(DIALECT.write, SPLITTER.split(read_markdown(markdown), limit=limit)))


def render(part: Part, *, at_most: int = MAX_PARTS) -> tuple[Any, ...]:
    """The messages for a part whose texts are Markdown. Their texts have WhatsApp's marks."""
    return tuple(map(_written, MESSENGER.render(part=as_markdown(part), at_most=at_most)))


def shown(markdown: str) -> list[str]:
    """The messages for an agent's text."""
    parts = MESSENGER.render(part=TextPart(body=Markdown(markdown))) if markdown else ()
    return [DIALECT.write(part.body) for part in parts if isinstance(part, TextPart)]


def as_markdown(part: Any) -> Any:
    """The part as an agent gives it."""
    texts = {name: Markdown(text.text) for name, text in _texts(part).items()}
    return evolve(part, **texts) if texts else part


def _written(part: Any) -> Any:
    return evolve(part, **{name: DIALECT.write(text) for name, text in _texts(part).items()})


def _texts(part: object) -> dict[str, RichText]:
    return {name: text for name in ("body", "caption") if (text := getattr(part, name, None))}
