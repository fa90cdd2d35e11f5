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
# Flags are pairs, taken here from the left: for each of them \X looks back over all that came before.
GRAPHEME = regex.compile(r"\p{Regional_Indicator}{2}[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]*|\X")
ASTRAL = re.compile("[\U00010000-\U0010ffff]")
ADDRESS = re.compile(r"https?://[!-~]+")
SENTENCE_END = frozenset(".!?…")
UNSPACED_SENTENCE_END = frozenset("\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}")
CLOSING_MARKS = frozenset("\"')]*_~\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}")


class Pause(IntEnum):
    """How well a text bears a cut at some place."""

    NONE = 0  # inside a link, or between a mark and its words
    LETTER = 1
    WORD = 2
    SENTENCE = 3
    LINE = 4
    PARAGRAPH = 5


@frozen(kw_only=True)
class Passage:
    """A text as graphemes, with the boundaries between them, each before the grapheme of the same index.

    `sizes` are the UTF-16 code units before each boundary, `pauses` say how well it can be cut there, `in_code` whether
    that would be inside a code fence, and `spans` inside which spans it would be, outer ones first.
    """

    graphemes: list[str]
    sizes: list[int]
    pauses: list[Pause]
    in_code: list[bool]
    spans: list[tuple[Span, ...]]

    @classmethod
    def of(cls, text: str, *, longest_grapheme: int, spans: Sequence[Span] = ()) -> Self:
        """Graphemes of more than so many units are taken apart. `spans` are those of the text, inner ones first."""
        graphemes = list(_graphemes(text, longest_grapheme))
        offsets = [0, *accumulate(map(len, graphemes))]
        pauses = [_pause(graphemes, index) for index in range(len(graphemes))] + [Pause.PARAGRAPH]
        in_code = [False] * len(pauses)
        for address in ADDRESS.finditer(text):
            for index in _inside(offsets, address.start() + 1, address.end()):
                pauses[index] = Pause.NONE
        for fence in _fences(text):
            fence.mark(offsets, pauses, in_code)
        return cls(
            graphemes=graphemes,
            sizes=[0, *accumulate(map(units, graphemes))],
            pauses=pauses,
            in_code=in_code,
            spans=_spans(spans, offsets, pauses, longest=longest_grapheme),
        )


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + len(ASTRAL.findall(text))


def _graphemes(text: str, longest: int) -> Iterator[str]:
    for grapheme in GRAPHEME.findall(text):
        if len(grapheme) * 2 > longest and units(grapheme) > longest:
            yield from grapheme
        else:
            yield grapheme


def _pause(graphemes: list[str], index: int) -> Pause:
    """What a cut before this grapheme would part."""
    here, before = graphemes[index], graphemes[index - 1] if index else ""
    if before in UNSPACED_SENTENCE_END:
        return Pause.SENTENCE
    if not here.isspace():
        return Pause.LETTER
    if "\n" in here:
        return Pause.PARAGRAPH if graphemes[index + 1 : index + 2] == [here] else Pause.LINE
    while index > 1 and graphemes[index - 1] in CLOSING_MARKS:
        index -= 1
    return Pause.SENTENCE if index and graphemes[index - 1] in SENTENCE_END else Pause.WORD


@frozen
class _Fence:
    """Offsets of a code fence: of its first mark, of its code without the white space around it, of its end."""

    start: int
    code_start: int
    code_end: int
    end: int

    def mark(self, offsets: list[int], pauses: list[Pause], in_code: list[bool]) -> None:
        """Code is cut at its lines, or else at its words, and never so that one side has none."""
        for index in _inside(offsets, self.start + 1, self.end):
            if self.code_start < offsets[index] < self.code_end:
                in_code[index] = True
                pauses[index] = _PAUSE_IN_CODE.get(pauses[index], pauses[index])
            else:
                pauses[index] = Pause.NONE


_PAUSE_IN_CODE = {Pause.PARAGRAPH: Pause.LINE, Pause.SENTENCE: Pause.WORD}


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
                indented = len(code) - len(code.lstrip())
                yield _Fence(start, code_start + indented, code_start + len(code.rstrip()), end)
            opened = None
        offset = end + 1


def _spans(spans: Sequence[Span], offsets: list[int], pauses: list[Pause], *, longest: int) -> list[tuple[Span, ...]]:
    """For each boundary the spans it is inside of. A link stays whole, and marks stay with their words."""
    result: list[tuple[Span, ...]] = [()] * len(offsets)
    for span in reversed(spans):
        if span.opening:
            whole = [*_inside(offsets, span.start + 1, span.start + len(span.opening) + 1)]
            whole += _inside(offsets, span.end - len(span.closing), span.end)
            for index in _inside(offsets, span.start + len(span.opening), span.end - len(span.closing) + 1):
                result[index] = (*result[index], span)
        else:
            whole = [*_inside(offsets, span.start + 1, span.end)] if span.end - span.start <= longest else []
        for index in whole:
            pauses[index] = Pause.NONE
    return result


def _inside(offsets: list[int], start: int, end: int) -> range:
    """The boundaries with offsets from `start` to before `end`."""
    return range(bisect_left(offsets, start), bisect_left(offsets, end))
