"""A text with the places where it may be cut."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import accumulate
from typing import Self

import regex
from attrs import frozen

from adapters.whatsapp.formatting.spans import Span

OPENING_FENCE = re.compile(r"[ \t]*```[^`\n]*")
CLOSING_FENCE = re.compile(r"[ \t]*```[ \t]*")
# A flag is a pair of letters. Pairs are read here from the left: for each pair, \X looks back over all pairs before it.
GRAPHEME = regex.compile(r"\p{Regional_Indicator}{2}[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]*|\X")
ASTRAL = re.compile("[\U00010000-\U0010ffff]")
ADDRESS = re.compile(r"https?://[!-~]+")
SENTENCE_END = frozenset(".!?…")
UNSPACED_SENTENCE_END = frozenset("\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}")
CLOSING_MARKS = frozenset("\"')]*_~\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}")


class Boundary(IntEnum):
    """What a cut at some place separates. The higher, the better the place for a cut."""

    NONE = 0  # the inside of a link, or a mark and its words
    LETTER = 1
    WORD = 2
    SENTENCE = 3
    LINE = 4
    PARAGRAPH = 5


BOUNDARY_IN_CODE = {Boundary.PARAGRAPH: Boundary.LINE, Boundary.SENTENCE: Boundary.WORD}


@frozen(kw_only=True)
class SegmentedText:
    """A text as graphemes, and what a cut before each of them means; the last entry is the end of the text.

    `sizes` are the UTF-16 code units before the cut, `boundaries` what it separates, `in_code` whether it is inside a
    code fence, and `spans` the spans that it is inside of, outer ones first.
    """

    graphemes: list[str]
    sizes: list[int]
    boundaries: list[Boundary]
    in_code: list[bool]
    spans: list[tuple[Span, ...]]

    @classmethod
    def of(cls, text: str, *, max_grapheme: int, spans: Sequence[Span] = ()) -> Self:
        """Segment a text. A grapheme of more than `max_grapheme` units is taken apart.

        `spans` are the spans of the text, inner ones first.
        """
        graphemes = list(_graphemes(text, max_grapheme))
        offsets = [0, *accumulate(map(len, graphemes))]
        boundaries = [_boundary(graphemes, index) for index in range(len(graphemes))] + [Boundary.PARAGRAPH]
        in_code = [False] * len(boundaries)
        for address in ADDRESS.finditer(text):
            for index in _indexes(offsets, address.start() + 1, address.end()):
                boundaries[index] = Boundary.NONE
        for fence in _fences(text):
            fence.mark(offsets, boundaries, in_code)
        return cls(
            graphemes=graphemes,
            sizes=[0, *accumulate(map(utf16_length, graphemes))],
            boundaries=boundaries,
            in_code=in_code,
            spans=_spans(spans, offsets, boundaries, max_whole=max_grapheme),
        )


def utf16_length(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + len(ASTRAL.findall(text))


def _graphemes(text: str, max_grapheme: int) -> Iterator[str]:
    for grapheme in GRAPHEME.findall(text):
        if len(grapheme) * 2 > max_grapheme and utf16_length(grapheme) > max_grapheme:
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


@frozen
class _Fence:
    """A code fence from `start` to before `end`. The code offsets leave out the white space around the code."""

    start: int
    code_start: int
    code_end: int
    end: int

    def mark(self, offsets: list[int], boundaries: list[Boundary], in_code: list[bool]) -> None:
        """Allow cuts between lines of the code, or else between words, where both sides keep some code."""
        for index in _indexes(offsets, self.start + 1, self.end):
            if self.code_start < offsets[index] < self.code_end:
                in_code[index] = True
                boundaries[index] = BOUNDARY_IN_CODE.get(boundaries[index], boundaries[index])
            else:
                boundaries[index] = Boundary.NONE


def _fences(text: str) -> Iterator[_Fence]:
    """The code fences that hold code and are closed."""
    offset = 0
    opened: tuple[int, int] | None = None
    for line in text.split("\n"):
        end = offset + len(line)
        if opened is None and OPENING_FENCE.fullmatch(line):
            opened = (offset, end)
        elif opened is not None and CLOSING_FENCE.fullmatch(line):
            start, code_start = opened
            code = text[code_start:offset]
            if code.strip():
                leading = len(code) - len(code.lstrip())
                yield _Fence(start, code_start + leading, code_start + len(code.rstrip()), end)
            opened = None
        offset = end + 1


def _spans(
    spans: Sequence[Span], offsets: list[int], boundaries: list[Boundary], *, max_whole: int
) -> list[tuple[Span, ...]]:
    """The spans around each cut.

    Forbids cuts inside links, as far as they fit in one part, and between a mark and its words.
    """
    result: list[tuple[Span, ...]] = [()] * len(offsets)
    for span in reversed(spans):
        if span.opening:
            uncuttable = [*_indexes(offsets, span.start + 1, span.start + len(span.opening) + 1)]
            uncuttable += _indexes(offsets, span.end - len(span.closing), span.end)
            for index in _indexes(offsets, span.start + len(span.opening), span.end - len(span.closing) + 1):
                result[index] = (*result[index], span)
        else:
            fits = span.end - span.start <= max_whole
            uncuttable = [*_indexes(offsets, span.start + 1, span.end)] if fits else []
        for index in uncuttable:
            boundaries[index] = Boundary.NONE
    return result


def _indexes(offsets: list[int], start: int, end: int) -> range:
    """The indexes of the offsets from `start` to before `end`."""
    return range(bisect_left(offsets, start), bisect_left(offsets, end))
