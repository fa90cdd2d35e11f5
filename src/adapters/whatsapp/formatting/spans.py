"""Where emphasis, code, quotes and links stand in a formatted text, for whoever cuts it.

The writer puts a pair of markers around each of them. Markers are noncharacters, which Unicode keeps for the inside
of a program (The Unicode Standard, chapter 23.7): no text that is sent holds one. Example, with { } for the markers:
`{*Opening {_hours_}*}` is a bold span and an italic one inside it, `{price list (https://a.example)}` is a link.
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
    """Text from `start` to before `end` that a cut inside it must not break.

    A part that ends in it is closed by `closing`, and the next one begins with `opening`. A link has neither: label
    and address stay together.
    """

    start: int
    end: int
    opening: str = ""
    closing: str = ""


def without_markers(text: str) -> str:
    """Somebody's text without the characters that would be markers in it."""
    return MARKERS.sub("", text)


def span(text: str) -> str:
    """`text`, which begins with its mark or with "> ", as one span."""
    return f"{SPAN_START}{text}{SPAN_END}"


def link(text: str) -> str:
    """A label and its address as one span."""
    return f"{LINK_START}{text}{LINK_END}"


def read_spans(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The text without its markers, and the spans in it, inner ones before outer ones."""
    pieces: list[str] = []
    found: list[tuple[int, int, bool]] = []
    opened: dict[str, list[int]] = {SPAN_END: [], LINK_END: []}
    length = after = 0
    for marker in MARKERS.finditer(marked):
        pieces.append(marked[after : marker.start()])
        length += len(pieces[-1])
        after = marker.end()
        match marker[0]:
            case "\ufdd0":
                opened[SPAN_END].append(length)
            case "\ufdd2":
                opened[LINK_END].append(length)
            case end if opened.get(end):
                found.append((opened[end].pop(), length, end == LINK_END))
    text = "".join((*pieces, marked[after:]))
    return text, tuple(_span(text, start, end, is_link=is_link) for start, end, is_link in found if start < end)


def _span(text: str, start: int, end: int, *, is_link: bool) -> Span:
    mark = OPENING.match(text, start)
    if is_link or mark is None:
        return Span(start, end)
    return Span(start, end, opening=mark[0], closing="" if mark[0] == QUOTE else mark[0])
