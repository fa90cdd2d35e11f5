"""The mark `[[+]]`, with which agents that were written for another gateway end one message and begin the next."""

from collections.abc import Iterable, Iterator

from attrs import evolve

from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    DraftPart,
    FilePart,
    FormPart,
    LinkPart,
    MediaPart,
    MenuPart,
    TextPart,
)
from domain.messages.rich_text import Markdown, RichText

MARK = "[[+]]"


def split_at_marks(parts: Iterable[DraftPart]) -> Iterator[DraftPart]:
    """The parts, with texts cut at each mark. What is before a mark is a message of its own; blank pieces are left out.

    Of a question, the last piece stays with its buttons. Of a file, the first one stays as its caption.
    """
    for part in parts:
        match part:
            case TextPart() if MARK in part.body.text:
                pieces = _pieces(part.body.text)
                yield from (evolve(text, reply_to="" if at else part.reply_to) for at, text in enumerate(pieces))
            case ButtonsPart() | MenuPart() | LinkPart() | ContactRequestPart() | FormPart() if MARK in part.body.text:
                *before, last = _pieces(part.body.text) or [TextPart(body=part.body)]
                yield from before
                yield evolve(part, body=last.body)
            case MediaPart() | FilePart() if MARK in part.caption.text:
                pieces = _pieces(part.caption.text)
                yield evolve(part, caption=pieces[0].body if pieces else RichText())
                yield from pieces[1:]
            case _:
                yield part


def _pieces(text: str) -> list[TextPart]:
    pieces = (piece.strip() for piece in text.split(MARK))
    return [TextPart(body=Markdown(piece), stands_alone=True) for piece in pieces if piece]
