"""Spans of emphasis, code, quotes and links in a formatted text. A cut inside a span must not break it.

There is a pair of markers around each span. Markers are noncharacters, which Unicode reserves for the inside of
programs (The Unicode Standard, chapter 23.7), so no text that is sent holds one. Example, with { } for the markers:
`{*Opening {_hours_}*}` is a bold span with an italic one inside it, `{price list (https://a.example)}` is a link.
"""

import re

from attrs import frozen

SPAN_START, SPAN_END = "\ufdd0", "\ufdd1"
LINK_START, LINK_END = "\ufdd2", "\ufdd3"
MARKERS = re.compile("[\ufdd0-\ufdef]")
QUOTE = "> "
OPENING = re.compile(r"> |[*_~]|`+")


@frozen
class Span:
    """Text from `start` to before `end`.

    Where a cut is inside, `closing` ends the part before it, and `opening` begins the part after it. A link has
    neither: its label and its address stay together.
    """

    start: int
    end: int
    opening: str = ""
    closing: str = ""


def without_markers(text: str) -> str:
    """The text without the characters that mark spans."""
    return MARKERS.sub("", text)


def span(text: str) -> str:
    """`text` as one span. It begins with its mark or with "> "."""
    return f"{SPAN_START}{text}{SPAN_END}"


def link(text: str) -> str:
    """A label and its address as one span."""
    return f"{LINK_START}{text}{LINK_END}"


def read_spans(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The text without its markers, and the spans in it, inner ones before outer ones."""
    texts: list[str] = []
    ranges: list[tuple[int, int, bool]] = []
    opened: dict[str, list[int]] = {SPAN_END: [], LINK_END: []}
    length = after = 0
    for marker in MARKERS.finditer(marked):
        texts.append(marked[after : marker.start()])
        length += len(texts[-1])
        after = marker.end()
        match marker[0]:
            case "\ufdd0":
                opened[SPAN_END].append(length)
            case "\ufdd2":
                opened[LINK_END].append(length)
            case end if opened.get(end):
                ranges.append((opened[end].pop(), length, end == LINK_END))
    text = "".join((*texts, marked[after:]))
    return text, tuple(_span(text, start, end, is_link=is_link) for start, end, is_link in ranges if start < end)


def _span(text: str, start: int, end: int, *, is_link: bool) -> Span:
    mark = OPENING.match(text, start)
    if is_link or mark is None:
        return Span(start, end)
    return Span(start, end, opening=mark[0], closing="" if mark[0] == QUOTE else mark[0])
