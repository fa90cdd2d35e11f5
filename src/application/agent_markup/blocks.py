"""Find the blocks in an answer. Models fence them in many ways, and all of those are read."""

import re
from collections.abc import Iterator

from application.agent_markup.json_blocks import Block, read_values
from application.agent_markup.unmarked_blocks import split_unmarked

# All quantifiers are possessive, so that the time is linear in the length of the text.
QUOTED = re.compile(r"(?:^[ \t]*+>.*+\n?)++", re.MULTILINE)
QUOTE_MARKS = re.compile(r"^[ \t>]++", re.MULTILINE)
# A block may also begin as the item of a list, after other text of its line, or with more text after its name.
OPENING = re.compile(
    r"(?:^[ \t]*+(?:(?:[-*+]|\d{1,3}[.)])[ \t]++)?)?(?:(?<!`)`{3,}+|(?<!~)~{3,}+)[ \t]*+trunkline\b[^\n\[{`~]*+",
    re.IGNORECASE | re.MULTILINE,
)
# Some models open a fence for JSON within that of the block.
INNER_OPENING = re.compile(r"\s*+(?:`{3,}+|~{3,}+)[ \t]*+(?:json[5c]?|javascript|js)\b[ \t]*+\n", re.IGNORECASE)
END = re.compile(r"(?:`{3,}+|~{3,}+)[ \t]*+\n?")
# The end of a block that is not JSON: a fence at the end of a line, or after what looks like the end of JSON.
LIKELY_END = re.compile(r"[}\]][ \t]*+(?P<after>`{3,}+|~{3,}+)|(?P<last>`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)


def texts_and_blocks(text: str) -> Iterator[str | Block]:
    """Split the text into texts and blocks, in order. A block that was cut off reaches to the end.

    When one block has its name, all have: other JSON is then code, perhaps an example of a block.
    """
    text = QUOTED.sub(_unquoted, text.replace("\r\n", "\n"))
    at = 0
    while opening := OPENING.search(text, at):
        yield text[at : opening.start()]
        inner = INNER_OPENING.match(text, opening.end())
        block, at = _block(text, (inner or opening).end())
        if inner and (end := END.match(text, at)):
            at = end.end()
        yield block
    if at:
        yield text[at:]
    else:
        yield from split_unmarked(text)


def _unquoted(quote: re.Match[str]) -> str:
    """Remove the quote marks of a quote that contains a block."""
    words = QUOTE_MARKS.sub("", quote[0])
    return words if OPENING.search(words) else quote[0]


def _block(text: str, start: int) -> tuple[Block, int]:
    """The block after its opening, and where it ends. The end of the JSON decides, since its texts may contain fences.

    What is not JSON is read leniently, up to the likely end of the block.
    """
    read = read_values(text, start)
    end = END.match(text, read.at)
    if end or read.at == len(text):
        block = Block(values=read.values, whole=bool(read.values), sources=read.sources)
        return block, end.end() if end else read.at
    likely = LIKELY_END.search(text, read.at)
    stop = likely.start(likely.lastgroup or 0) if likely else len(text)
    rest = text[read.at : stop]
    repaired = read_values(rest, 0, lenient=True)
    block = Block(
        values=read.values + repaired.values,
        whole=bool(repaired.values) and repaired.at == len(rest),
        sources=read.sources + repaired.sources,
        unread=rest[repaired.at :],
    )
    fence = END.match(text, stop)
    return block, fence.end() if fence else stop
