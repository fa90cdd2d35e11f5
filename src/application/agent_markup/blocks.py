"""Finds the blocks in what an agent wrote, however it fenced them: models do not keep to one way."""

import re
from collections.abc import Iterator

from application.agent_markup.json_blocks import Block, read_values
from application.agent_markup.unmarked_blocks import split_unmarked

# Possessive throughout, so that rows of marks or spaces cost no more than their length.
QUOTED = re.compile(r"(?:^[ \t]*+>.*+\n?)++", re.MULTILINE)
QUOTE_MARKS = re.compile(r"^[ \t>]++", re.MULTILINE)
# Also as the item of a list, after other words of its line, or with more than its name behind it.
OPENING = re.compile(
    r"(?:^[ \t]*+(?:(?:[-*+]|\d{1,3}[.)])[ \t]++)?)?(?:(?<!`)`{3,}+|(?<!~)~{3,}+)[ \t]*+trunkline\b[^\n\[{`~]*+",
    re.IGNORECASE | re.MULTILINE,
)
END = re.compile(r"(?:`{3,}+|~{3,}+)[ \t]*+\n?")
# Where a block ends that is not JSON: at a fence that ends a line, or follows what looks like the end of JSON.
LIKELY_END = re.compile(r"[}\]][ \t]*+(?P<after>`{3,}+|~{3,}+)|(?P<last>`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)


def words_and_blocks(text: str) -> Iterator[str | Block]:
    """All of it, in order; a block that was cut off reaches to the end.

    An agent that names one block names all: other JSON is then code, which may show how a block is written.
    """
    text = QUOTED.sub(_unquoted, text.replace("\r\n", "\n"))
    at = 0
    while opening := OPENING.search(text, at):
        yield text[at : opening.start()]
        block, at = _block(text, opening.end())
        yield block
    if at:
        yield text[at:]
    else:
        yield from split_unmarked(text)


def _unquoted(quote: re.Match[str]) -> str:
    """A quote that holds a block is none."""
    words = QUOTE_MARKS.sub("", quote[0])
    return words if OPENING.search(words) else quote[0]


def _block(text: str, start: int) -> tuple[Block, int]:
    """The block after its opening, and where it ends. JSON itself tells, for its texts may hold fences too.

    What is not JSON up to where it seems to end is read leniently.
    """
    read = read_values(text, start)
    end = END.match(text, read.at)
    if end or read.at == len(text):
        block = Block(values=read.values, whole=bool(read.values), sources=read.sources)
        return block, end.end() if end else read.at
    likely = LIKELY_END.search(text, read.at)
    stop = likely.start(likely.lastgroup or 0) if likely else len(text)
    rest = text[read.at : stop]
    mended = read_values(rest, 0, lenient=True)
    block = Block(
        values=read.values + mended.values,
        whole=bool(mended.values) and mended.at == len(rest),
        sources=read.sources + mended.sources,
        unread=rest[mended.at :],
    )
    fence = END.match(text, stop)
    return block, fence.end() if fence else stop
