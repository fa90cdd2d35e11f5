"""A block of JSON in an agent's answer, and how its values are read."""

import json
import re

from attrs import field, frozen

from application.agent_markup.lenient_json import read_json

GAP = re.compile(r"[\s,;]*+")
MARKS = "`~"
DECODER = json.JSONDecoder(strict=False)  # a text may hold line breaks


@frozen(kw_only=True)
class Block:
    """The values that stand in one; not `whole` when something in it is not JSON, which is then `unread`.

    `sources` are the values as they were written.
    """

    values: tuple[object, ...]
    whole: bool
    sources: tuple[str, ...] = field(default=(), eq=False)
    unread: str = field(default="", eq=False)


@frozen(kw_only=True)
class Values:
    """Values that stand one after another. `end` is behind the last of them, `at` behind the gap that follows."""

    values: tuple[object, ...] = ()
    sources: tuple[str, ...] = ()
    end: int
    at: int


def read_values(text: str, start: int, *, lenient: bool = False) -> Values:
    """All of them up to a fence, the end, or what is not JSON; `lenient`: as `lenient_json` reads it."""
    values: list[object] = []
    sources: list[str] = []
    end, at = start, _after_gap(text, start)
    while at < len(text) and text[at] not in MARKS:
        try:
            value, end = _read(text, at, lenient=lenient)
        except (ValueError, RecursionError):
            break
        values.append(value)
        sources.append(text[at:end])
        at = _after_gap(text, end)
    return Values(values=tuple(values), sources=tuple(sources), end=end, at=at)


def _read(text: str, at: int, *, lenient: bool) -> tuple[object, int]:
    try:
        return DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        if not lenient:
            raise
    return read_json(text, at)


def _after_gap(text: str, at: int) -> int:
    gap = GAP.match(text, at)
    return gap.end() if gap else at
