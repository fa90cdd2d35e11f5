"""Finds the blocks in what an agent wrote, however it fenced them: models do not keep to one way."""

import json
import re
from collections.abc import Iterator

from attrs import frozen

# Possessive throughout, so that rows of marks or spaces cost no more than their length.
QUOTED = re.compile(r"(?:^[ \t]*+>.*+\n?)++", re.MULTILINE)
QUOTE_MARKS = re.compile(r"^[ \t>]++", re.MULTILINE)
# Also as the item of a list, after other words of its line, or with more than its name behind it.
OPENING = re.compile(
    r"(?:^[ \t]*+(?:(?:[-*+]|\d{1,3}[.)])[ \t]++)?)?(?:(?<!`)`{3,}+|(?<!~)~{3,}+)[ \t]*+trunkline\b[^\n\[{`~]*+",
    re.IGNORECASE | re.MULTILINE,
)
MARKS = "`~"
END = re.compile(r"(?:`{3,}+|~{3,}+)[ \t]*+\n?")
# Where a block ends that is not JSON: at a fence that ends a line, or follows what looks like the end of JSON.
LIKELY_END = re.compile(r"[}\]][ \t]*+(?P<after>`{3,}+|~{3,}+)|(?P<last>`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)
GAP = re.compile(r"[\s,;]*+")
TRAILING_COMMA = re.compile(r",(?=\s*+[}\]])")
DECODER = json.JSONDecoder(strict=False)  # a text may hold line breaks


@frozen(kw_only=True)
class Block:
    """The values that stand in one; not `whole` when something in it is not JSON."""

    values: tuple[object, ...]
    whole: bool


def words_and_blocks(text: str) -> Iterator[str | Block]:
    """All of it, in order; a block that was cut off reaches to the end."""
    text = QUOTED.sub(_unquoted, text.replace("\r\n", "\n"))
    at = 0
    while opening := OPENING.search(text, at):
        yield text[at : opening.start()]
        block, at = _block(text, opening.end())
        yield block
    yield text[at:]


def _unquoted(quote: re.Match[str]) -> str:
    """A quote that holds a block is none."""
    words = QUOTE_MARKS.sub("", quote[0])
    return words if OPENING.search(words) else quote[0]


def _block(text: str, start: int) -> tuple[Block, int]:
    """The block after its opening, and where it ends. JSON itself tells, for its texts may hold fences too."""
    values, at = _values(text, start)
    if end := END.match(text, at):
        return Block(values=values, whole=bool(values)), end.end()
    if at == len(text):
        return Block(values=values, whole=bool(values)), at
    end = LIKELY_END.search(text, at)
    stop = end.start(end.lastgroup or 0) if end else len(text)
    rest = TRAILING_COMMA.sub("", text[at:stop])
    mended, read = _values(rest, 0)
    fence = END.match(text, stop)
    return Block(values=values + mended, whole=bool(mended) and read == len(rest)), fence.end() if fence else stop


def _values(text: str, start: int) -> tuple[tuple[object, ...], int]:
    """One value after another, and where they end: at a fence, at the end, or at what is not JSON."""
    values: list[object] = []
    at = _after_gap(text, start)
    while at < len(text) and text[at] not in MARKS:
        try:
            value, end = DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        at = _after_gap(text, end)
    return tuple(values), at


def _after_gap(text: str, at: int) -> int:
    gap = GAP.match(text, at)
    return gap.end() if gap else at
