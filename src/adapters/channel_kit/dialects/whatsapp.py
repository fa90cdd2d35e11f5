"""WhatsApp's formatting.

A mark of emphasis must touch the word inside and must not touch a word outside. Emphasis ends at the end of a line.
Source: WhatsApp, "How to format your messages" (faq.whatsapp.com/539178204879377).
"""

import re
import string
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter

from adapters.channel_kit.dialects.dialect import Mark, insert
from adapters.channel_kit.letters import is_word
from domain.messages.rich_text import RichText, Span, Style

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
BEFORE_WORDS = f"{string.whitespace}{NO_BREAK_SPACE},.;:!?)]"
AFTER_WORDS = f"{string.whitespace}{NO_BREAK_SPACE}(["
EMPHASIS = {Style.BOLD: "*", Style.ITALIC: "_", Style.STRUCK: "~"}  # outer ones first
CODE_MARKS = ("`", "```")
FENCE = "```"
QUOTE = "> "
NESTING = (Style.LINK, Style.QUOTE, Style.CODE_BLOCK, *EMPHASIS, Style.CODE)


class WhatsAppDialect:
    """Writes rich text with WhatsApp's marks, which all count as characters of the message."""

    def showable(self, rich: RichText) -> RichText:
        """The text with only the emphasis that WhatsApp can show: `unreal` with a bold `real` is unreal."""
        if not rich.spans:
            return rich
        rich = RichText(rich.text, tuple(span for span in rich.spans if _is_markable(rich.text, span)))
        others = (span for span in rich.spans if span.style not in EMPHASIS)
        return RichText(rich.text, tuple(sorted((*_emphasis(rich), *others), key=_nested)))

    def marks(self, rich: RichText) -> Sequence[Mark]:
        return [_mark(rich.text, span) for span in sorted(rich.spans, key=_nested) if span.style is not Style.LINK]

    def write(self, rich: RichText) -> str:
        return insert(rich.text, self.marks(self.showable(rich))) if rich.spans else rich.text


def _nested(span: Span) -> tuple[int, int]:
    return span.start, NESTING.index(span.style)


def _is_markable(text: str, span: Span) -> bool:
    return span.style is not Style.CODE or bool(_code_mark(text[span.start : span.end]))


def _code_mark(code: str) -> str:
    """The shortest mark that the code does not hold."""
    return next((mark for mark in CODE_MARKS if mark not in code), "")


def _mark(text: str, span: Span) -> Mark:
    match span.style:
        case Style.QUOTE:
            return Mark(span.start, span.end, QUOTE, "")
        case Style.CODE_BLOCK:
            line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
            indent = line if line.isspace() else ""
            return Mark(span.start, span.end, f"{FENCE}\n{indent}", f"\n{indent}{FENCE}")
        case Style.CODE:
            mark = _code_mark(text[span.start : span.end])
        case style:
            mark = EMPHASIS[style]
    return Mark(span.start, span.end, mark, mark)


def _emphasis(rich: RichText) -> Iterator[Span]:
    """The emphasis of each line, nested in the order of `EMPHASIS`, and none in code and addresses."""
    breaks = sorted((*_line_ends(rich.text), *_unstyled(rich)))
    beside_code = {at for span in rich.spans if span.style is Style.CODE for at in (span.start, span.end)}
    cuts: list[int] = []
    for style in EMPHASIS:
        spans = [
            span
            for span in _merged(span for span in rich.spans if span.style is style)
            if not _touches_word(rich.text, span, beside_code)
        ]
        for span in spans:
            for line in _without(span, breaks):
                for words in _narrowed(rich.text, line):
                    # Beside an address there may be no space.
                    if not _touches_word(rich.text, words, beside_code):
                        yield from chain.from_iterable(_narrowed(rich.text, piece) for piece in _pieces(words, cuts))
        cuts = sorted({*cuts, *(at for span in spans for at in (span.start, span.end))})


def _line_ends(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in re.finditer("\n", text))


def _unstyled(rich: RichText) -> Iterator[tuple[int, int]]:
    """Where code and addresses stand. A mark inside would be part of them."""
    for span in rich.spans:
        if span.style in {Style.CODE, Style.CODE_BLOCK}:
            yield span.start, span.end
        elif span.style is Style.LINK:
            has_label = rich.text.endswith(f" ({span.address})", span.start + 1, span.end)
            yield span.end - len(f" ({span.address})") if has_label else span.start, span.end


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans of one style, as one where they overlap or touch."""
    merged: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end), span.style)
        else:
            merged.append(span)
    return merged


def _touches_word(text: str, span: Span, beside_code: set[int]) -> bool:
    """Whether a mark of the span would touch a word outside. Beside code it touches the mark of the code."""
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    return (is_word(before) and span.start not in beside_code) or (is_word(after) and span.end not in beside_code)


def _without(span: Span, breaks: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """What remains of the span outside of the breaks."""
    start = span.start
    for index in range(bisect_left(breaks, (span.start, 0)), len(breaks)):
        break_start, break_end = breaks[index]
        if break_start >= span.end:
            break
        if break_start > start:
            yield Span(start, break_start, span.style)
        start = max(start, break_end)
    if start < span.end:
        yield Span(start, span.end, span.style)


def _pieces(span: Span, cuts: Sequence[int]) -> Iterator[Span]:
    inside = cuts[bisect_right(cuts, span.start) : bisect_left(cuts, span.end)]
    for start, end in zip((span.start, *inside), (*inside, span.end), strict=True):
        yield Span(start, end, span.style)


def _narrowed(text: str, span: Span) -> Iterator[Span]:
    """The span without the white space and punctuation at its ends, if there are words in it."""
    content = text[span.start : span.end]
    words = content.lstrip(BEFORE_WORDS).rstrip(AFTER_WORDS)
    if words:
        start = span.start + content.index(words)
        yield Span(start, start + len(words), span.style)
