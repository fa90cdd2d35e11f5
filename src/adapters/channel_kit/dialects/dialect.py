"""How a channel writes rich text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from attrs import frozen

from domain.messages.rich_text import RichText


@frozen
class Mark:
    """What a channel writes before and after the characters from `start` to before `end`. Marks never overlap."""

    start: int
    end: int
    opening: str
    closing: str


class Dialect(Protocol):
    """The writing of one channel, or of several."""

    def showable(self, rich: RichText) -> RichText:
        """The text with only those spans that can be shown. What is cut from the result is showable too."""
        ...

    def marks(self, rich: RichText, /) -> Sequence[Mark]:
        """The marks that count as characters of a message, outer ones first, for a text that is showable."""
        ...

    def write(self, rich: RichText) -> str:
        """The text as the channel takes it."""
        ...


def insert(text: str, marks: Iterable[Mark]) -> str:
    """The text with its marks, which come by their beginning, outer ones first."""
    return "".join(_pieces(text, marks))


def _pieces(text: str, marks: Iterable[Mark]) -> Iterator[str]:
    at, opened = 0, list[Mark]()
    for mark in marks:
        while opened and opened[-1].end <= mark.start:
            yield text[at : opened[-1].end]
            at = max(at, opened[-1].end)
            yield opened.pop().closing
        yield text[at : mark.start]
        at = max(at, mark.start)
        yield mark.opening
        opened.append(mark)
    for mark in reversed(opened):
        yield text[at : mark.end]
        at = max(at, mark.end)
        yield mark.closing
    yield text[at:]
