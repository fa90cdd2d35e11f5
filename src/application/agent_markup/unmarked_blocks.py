"""Find blocks without our name: fenced as JSON, in backticks, or bare at the end of a line.

JSON counts as a block only when it can hardly be anything else: every object has only known keys, and can be read.
"""

import re
from collections.abc import Iterator

from application.agent_markup.code_fences import INLINE, OPENING, CodeFences
from application.agent_markup.items import KINDS, is_item
from application.agent_markup.json_blocks import Block, Values, read_values

KEYS = "|".join(sorted({*KINDS, "messages", "type", "caption", "reply_to"}))
QUOTE = "[\"'\u201c\u201d\u201e\u2018\u2019\u201a]?"
# The beginning of an object of ours, unless it is escaped (see `escape_objects`).
OBJECT = rf"(?<!\\)\{{\s*+{QUOTE}(?:{KEYS}){QUOTE}\s*+:"
BRACE_OF_OBJECT = re.compile(rf"(?={OBJECT})", re.IGNORECASE)
START = re.compile(r"[`~{\[]")
CANDIDATE = re.compile(
    rf"(?:(?P<marks>(?<!`)`++|(?<!~)~{{3,}}+)[ \t]*+(?:(?:json[5c]?|javascript|js)\b(?:[ \t]++trunkline\b)?)?\s*+)?"
    rf"(?P<value>(?:\[\s*+)?{OBJECT})"
    rf"|{OPENING}|{INLINE}",
    re.IGNORECASE | re.MULTILINE,
)
MAX_MISSES = 10  # each may read far ahead


def split_unmarked(text: str) -> Iterator[str | Block]:
    """Split the text into texts and blocks, in order. Other code stays in the texts."""
    fences, kept, at, misses = CodeFences(text), 0, 0, 0
    while misses < MAX_MISSES and (start := START.search(text, at)):
        found = CANDIDATE.match(text, start.start())
        if found is None:
            at = start.end()
            continue
        if found["value"] is None:
            at = (found["fence"] and fences.end(found["fence"], found.end())) or found.end()
            continue
        read = read_values(text, found.start("value"), lenient=True)
        end = _end(text, read, found["marks"] or "")
        if end is None or not all(map(is_item, read.values)):
            misses += 1
            at = max(found.end(), read.end)
            continue
        yield text[kept : found.start()]
        yield Block(values=read.values, whole=True, sources=read.sources)
        kept = at = end
    yield text[kept:]


def escape_objects(text: str) -> str:
    """The text with a backslash before each object that could be a block. Such an object is not one any more.

    That is how an agent reads what people write. If it repeats the text in a later turn, the object is still text.
    """
    return BRACE_OF_OBJECT.sub(r"\\", text) if "{" in text else text


def _end(text: str, read: Values, marks: str) -> int | None:
    """Where the block ends: after its closing mark, or at the end of its line. None when it is not closed."""
    if not read.values:
        return None
    if not marks:
        return read.at if read.at == len(text) or "\n" in text[read.end : read.at] else None
    closing = re.compile(rf"{marks[0]}{{{len(marks)},}}+[ \t]*+(?:\n|\Z)").match(text, read.at)
    if closing:
        return closing.end()
    return read.at if read.at == len(text) else None
