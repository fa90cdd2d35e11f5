"""A text with the places where it may be cut."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from itertools import accumulate
from typing import Self

import regex
from attrs import frozen

from adapters.channel_kit.dialects.dialect import Mark
from domain.messages.rich_text import RichText, Span, Style

# A flag is a pair of letters. Pairs are read here from the left: for each pair, \X looks back over all pairs before it.
GRAPHEME = regex.compile(r"\p{Regional_Indicator}{2}[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]*|\X")
ADDRESS = re.compile(r"https?://[!-~]+")
SENTENCE_END = frozenset(".!?…")
UNSPACED_SENTENCE_END = frozenset("\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}")
CLOSING_MARKS = frozenset("\"')]*_~\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}")

type Size = Callable[[str], int]


class Boundary(IntEnum):
    """What a cut at some place separates. The higher, the better the place for a cut."""

    NONE = 0  # the inside of a link
    LETTER = 1
    WORD = 2
    SENTENCE = 3
    LINE = 4
    PARAGRAPH = 5


BOUNDARY_IN_CODE = {Boundary.PARAGRAPH: Boundary.LINE, Boundary.SENTENCE: Boundary.WORD}


@frozen(kw_only=True)
class SegmentedText:
    """A text as graphemes, and what a cut before each of them means; the last entry is the end of the text.

    `offsets` are the characters before the cut, `sizes` the size of what is written before it, with its marks.
    `boundaries` is what the cut separates, `in_code` whether it is inside a code block, `begins_code` whether it is
    right before one, and `marks` are the marks that it is inside of, outer ones first.
    """

    graphemes: list[str]
    offsets: list[int]
    sizes: list[int]
    boundaries: list[Boundary]
    in_code: list[bool]
    begins_code: list[bool]
    marks: list[tuple[Mark, ...]]

    @classmethod
    def of(cls, rich: RichText, *, marks: Sequence[Mark], size: Size, max_whole: int) -> Self:
        """Segment a text. A grapheme or a link of a larger size than `max_whole` is taken apart."""
        graphemes = list(_graphemes(rich.text, size, max_whole))
        offsets = [0, *accumulate(map(len, graphemes))]
        boundaries = [_boundary(graphemes, index) for index in range(len(graphemes))] + [Boundary.PARAGRAPH]
        in_code = [False] * len(boundaries)
        addresses = (found.span() for found in ADDRESS.finditer(rich.text))
        links = ((span.start, span.end) for span in rich.spans if span.style is Style.LINK)
        for start, end in (*addresses, *(link for link in links if link[1] - link[0] <= max_whole)):
            for index in _indexes(offsets, start + 1, end):
                boundaries[index] = Boundary.NONE
        blocks = [span for span in rich.spans if span.style is Style.CODE_BLOCK]
        for block in blocks:
            _mark_code(rich.text, block, offsets, boundaries, in_code)
        code_starts = {block.start for block in blocks}
        return cls(
            graphemes=graphemes,
            offsets=offsets,
            sizes=_sizes(graphemes, offsets, marks, size),
            boundaries=boundaries,
            in_code=in_code,
            begins_code=[offset in code_starts for offset in offsets],
            marks=_marks_around(marks, offsets),
        )


def _sizes(graphemes: Sequence[str], offsets: list[int], marks: Sequence[Mark], size: Size) -> list[int]:
    """The size of the text before each offset. A cut at the end of a mark is after it, one at its beginning before."""
    written = [0, *map(size, graphemes)]
    for mark in marks:
        written[bisect_left(offsets, mark.start + 1)] += size(mark.opening)
        written[bisect_left(offsets, mark.end)] += size(mark.closing)
    return list(accumulate(written))


def _graphemes(text: str, size: Size, max_whole: int) -> Iterator[str]:
    for grapheme in GRAPHEME.findall(text):
        if len(grapheme) * 4 > max_whole and size(grapheme) > max_whole:
            yield from grapheme
        else:
            yield grapheme


def _boundary(graphemes: list[str], index: int) -> Boundary:
    """What a cut before the grapheme at `index` separates."""
    here, before = graphemes[index], graphemes[index - 1] if index else ""
    if before in UNSPACED_SENTENCE_END:
        return Boundary.SENTENCE
    if not here.isspace():
        return Boundary.LETTER
    if "\n" in here:
        return Boundary.PARAGRAPH if graphemes[index + 1 : index + 2] == [here] else Boundary.LINE
    while index > 1 and graphemes[index - 1] in CLOSING_MARKS:
        index -= 1
    return Boundary.SENTENCE if index and graphemes[index - 1] in SENTENCE_END else Boundary.WORD


def _mark_code(text: str, span: Span, offsets: list[int], boundaries: list[Boundary], in_code: list[bool]) -> None:
    """Allow cuts between lines of a code block, or else between words, where both sides keep some code."""
    code = text[span.start : span.end]
    first = span.start + len(code) - len(code.lstrip())
    last = span.start + len(code.rstrip())
    for index in _indexes(offsets, span.start + 1, span.end):
        if first < offsets[index] < last:
            in_code[index] = True
            boundaries[index] = BOUNDARY_IN_CODE.get(boundaries[index], boundaries[index])
        else:
            boundaries[index] = Boundary.NONE


def _marks_around(marks: Sequence[Mark], offsets: list[int]) -> list[tuple[Mark, ...]]:
    """The marks around each cut."""
    around: list[tuple[Mark, ...]] = [()] * len(offsets)
    for mark in marks:
        for index in _indexes(offsets, mark.start + 1, mark.end):
            around[index] = (*around[index], mark)
    return around


def _indexes(offsets: list[int], start: int, end: int) -> range:
    """The indexes of the offsets from `start` to before `end`."""
    return range(bisect_left(offsets, start), bisect_left(offsets, end))
