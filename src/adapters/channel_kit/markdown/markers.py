"""Markers around the spans of a text, while it is put together from its pieces.

Markers are noncharacters, which Unicode reserves for the inside of programs (The Unicode Standard, chapter 23.7), so no
text that is sent holds one. Each style has a marker for the beginning and one for the end of a span. The address of a
link stands between two more. Example, with b( )b for the markers of bold text: `b(Opening hours)b: 9 to 5`.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from domain.messages.rich_text import RichText, Span, Style

STARTS = {style: chr(0xFDD0 + 2 * number) for number, style in enumerate(Style)}
ENDS = {style: chr(0xFDD1 + 2 * number) for number, style in enumerate(Style)}
STYLES = {marker: style for markers in (STARTS, ENDS) for style, marker in markers.items()}
EMPHASIS = frozenset({Style.BOLD, Style.ITALIC, Style.STRUCK})
ADDRESS = chr(0xFDD0 + 2 * len(Style))
MARKERS = re.compile(f"{ADDRESS}([^{ADDRESS}]*){ADDRESS}|[\ufdd0-\ufdef]")
NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")


def marked(text: str, style: Style) -> str:
    """`text` as one span."""
    return f"{STARTS[style]}{text}{ENDS[style]}"


def marked_link(label: str, address: str) -> str:
    """A label and its address as one span."""
    return f"{STARTS[Style.LINK]}{label}{link_end(address)}"


def marked_address(text: str, address: str) -> str:
    """An address that is its own label, for example without `mailto:`."""
    return f"{STARTS[Style.LINK]}{text}{ADDRESS}{address}{ADDRESS}{ENDS[Style.LINK]}"


def link_end(address: str) -> str:
    """The end of a link, after its label."""
    return f" ({address}){ADDRESS}{address}{ADDRESS}{ENDS[Style.LINK]}"


def without_markers(text: str) -> str:
    """What people read of the text."""
    return MARKERS.sub("", text)


def without_noncharacters(text: str) -> str:
    """The text without the characters that we use as markers."""
    return NONCHARACTERS.sub("", text)


def read_markers(text: str) -> RichText:
    """The text without its markers, and the spans that they stand for."""
    texts, spans = list[str](), list[Span]()
    opened: dict[Style, list[int]] = {style: [] for style in Style}
    length = after = 0
    address = ""
    for marker in MARKERS.finditer(text):
        texts.append(text[after : marker.start()])
        length += len(texts[-1])
        after = marker.end()
        style = STYLES.get(marker[0])
        if style is None:
            address = marker[1] or ""
        elif marker[0] == STARTS[style]:
            opened[style].append(length)
        elif opened[style] and (start := opened[style].pop()) < length:
            spans.append(Span(start, length, style, address if style is Style.LINK else ""))
    texts.append(text[after:])
    return RichText("".join(texts), tuple(sorted(_merged(spans), key=attrgetter("start", "end"))))


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans, with emphasis of one kind as one span where it overlaps or touches."""
    merged: list[Span] = []
    for style, found in groupby(sorted(spans, key=attrgetter("style", "start")), key=attrgetter("style")):
        first = len(merged)
        for span in found:
            last = merged[-1] if len(merged) > first else None
            if last is None or style not in EMPHASIS or span.start > last.end:
                merged.append(span)
            else:
                merged[-1] = Span(last.start, max(last.end, span.end), style)
    return merged
