"""The small part of HTML that chats know.

Source: Telegram, "Bot API", "HTML style". Other tags make it refuse the whole message. Code holds no other formatting.
"""

from bisect import bisect_right
from collections.abc import Sequence
from html import escape
from itertools import accumulate, pairwise, takewhile
from operator import attrgetter

from attrs import evolve

from adapters.channel_kit.dialects.dialect import Mark
from domain.messages.rich_text import RichText, Span, Style

TAGS = {
    Style.BOLD: "b",
    Style.ITALIC: "i",
    Style.STRUCK: "s",
    Style.CODE: "code",
    Style.CODE_BLOCK: "pre",
    Style.QUOTE: "blockquote",
    Style.LINK: "a",
}
OUTER_FIRST = (Style.QUOTE, Style.LINK, Style.BOLD, Style.ITALIC, Style.STRUCK, Style.CODE, Style.CODE_BLOCK)
MONOSPACED = frozenset({Style.CODE, Style.CODE_BLOCK})
BESIDE_CODE = MONOSPACED | {Style.QUOTE}
ADDRESSES = ("https://", "http://", "tel:", "mailto:")


class HtmlDialect:
    """Writes rich text with HTML tags. They do not count as characters of the message."""

    def showable(self, rich: RichText) -> RichText:
        return rich

    def marks(self, _rich: RichText) -> Sequence[Mark]:
        return ()

    def write(self, rich: RichText) -> str:
        """The text with its tags. A link shows its label alone.

        Each stretch between two edges of spans is inside of its own tags; tags that the next one shares stay open.
        """
        if not rich.spans:
            return escape(rich.text, quote=False)
        rich = _with_quotes_joined(_with_labels_alone(rich))
        edges = sorted({0, len(rich), *(at for span in rich.spans for at in (span.start, span.end))})
        due = sorted(rich.spans, key=attrgetter("start"), reverse=True)
        written, opened, around = list[str](), list[Span](), list[Span]()
        for start, end in pairwise(edges):
            around = [span for span in around if span.end > start]
            while due and due[-1].start == start:
                around.append(due.pop())
            wanted = _nested(around)
            shared = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(opened, wanted, strict=False)))
            written += map(_end_tag, reversed(opened[shared:]))
            written += map(_tag, wanted[shared:])
            written.append(escape(rich.text[start:end], quote=False))
            opened = wanted
        return "".join((*written, *map(_end_tag, reversed(opened))))


def _nested(spans: Sequence[Span]) -> list[Span]:
    """The spans around a stretch of text, outer ones first. Beside code only a quote remains."""
    code = any(span.style in MONOSPACED for span in spans)
    kept = (span for span in spans if not code or span.style in BESIDE_CODE)
    return sorted(kept, key=lambda span: OUTER_FIRST.index(span.style))


def _tag(span: Span) -> str:
    return f'<a href="{escape(span.address)}">' if span.style is Style.LINK else f"<{TAGS[span.style]}>"


def _end_tag(span: Span) -> str:
    return f"</{TAGS[span.style]}>"


def _with_labels_alone(rich: RichText) -> RichText:
    """The text without the addresses after the labels of links. What does not lead anywhere stays text."""
    kept, removed, offset = list[Span](), list[tuple[int, int]](), 0
    for span in sorted(rich.spans, key=attrgetter("start")):
        address = f" ({span.address})"
        if span.style is not Style.LINK:
            kept.append(span)
        elif span.address.startswith(ADDRESSES):
            kept.append(span)
            if span.start >= offset and rich.text.endswith(address, span.start + 1, span.end):
                removed.append((span.end - len(address), span.end))
                offset = span.end
    ends = [end for _, end in removed]
    lengths = [0, *accumulate(end - start for start, end in removed)]

    def moved(at: int) -> int:
        number = bisect_right(ends, at)
        inside = number < len(removed) and removed[number][0] < at
        return (removed[number][0] if inside else at) - lengths[number]

    starts = [0, *ends]
    text = "".join(rich.text[start:end] for start, end in zip(starts, [*(at for at, _ in removed), None], strict=True))
    spans = (evolve(span, start=moved(span.start), end=moved(span.end)) for span in kept)
    return RichText(text, tuple(span for span in spans if span.start < span.end))


def _with_quotes_joined(rich: RichText) -> RichText:
    """The text with the quoted lines below each other as one quote."""
    joined: list[Span] = []
    for span in sorted((span for span in rich.spans if span.style is Style.QUOTE), key=attrgetter("start")):
        if joined and rich.text[joined[-1].end : span.start] in {"", "\n"}:
            joined[-1] = evolve(joined[-1], end=span.end)
        else:
            joined.append(span)
    return RichText(rich.text, (*joined, *(span for span in rich.spans if span.style is not Style.QUOTE)))
