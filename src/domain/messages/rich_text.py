"""Text and how it looks, without the marks of any channel."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from attrs import frozen


class Style(StrEnum):
    """How a span looks. A quote is a span in each of its lines."""

    BOLD = "bold"
    ITALIC = "italic"
    STRUCK = "struck"
    CODE = "code"
    CODE_BLOCK = "code_block"
    QUOTE = "quote"
    LINK = "link"


@frozen
class Span:
    """The characters from `start` to before `end` in one style. A link leads to `address`."""

    start: int
    end: int
    style: Style
    address: str = ""


@frozen
class RichText:
    """What people read in `text`, and the `spans` in it that look different.

    `text` is complete without its spans. It shows the address of a link after its label. Example: the text "Our prices
    (https://a.example)" with a bold span from 0 to 3, and a link over all of it. Spans may overlap.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()

    def __len__(self) -> int:
        return len(self.text)

    def __str__(self) -> str:
        return self.text

    def cut(self, start: int, end: int) -> "RichText":
        """The text from `start` to before `end`, with what is there of its spans."""
        kept = (
            Span(max(span.start, start) - start, min(span.end, end) - start, span.style, span.address)
            for span in self.spans
            if span.start < end and span.end > start
        )
        return RichText(self.text[start:end], tuple(kept))

    @classmethod
    def join(cls, separator: str, texts: "Iterable[RichText | str]") -> "RichText":
        """The texts that are not empty, with the separator between them. Markdown among them makes it Markdown."""
        found = [rich_text(text) for text in texts if text]
        if any(isinstance(text, Markdown) for text in found):
            return Markdown(separator.join(text.text for text in found))
        offset, spans = 0, list[Span]()
        for text in found:
            spans += (Span(span.start + offset, span.end + offset, span.style, span.address) for span in text.spans)
            offset += len(text) + len(separator)
        return RichText(separator.join(text.text for text in found), tuple(spans))


@frozen
class Markdown(RichText):
    """A text whose marks nobody has read yet, as agents and operators write it. Rendering makes rich text of it."""

    @classmethod
    def of(cls, text: str) -> RichText | Self:
        """Markdown, or an empty text."""
        return cls(text) if text else RichText()


def rich_text(text: RichText | str) -> RichText:
    """A plain text as rich text."""
    return RichText(text) if isinstance(text, str) else text
