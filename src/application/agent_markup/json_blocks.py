"""Blocks of JSON in an answer, and their values."""

import json
import re
from collections.abc import Mapping

from attrs import field, frozen

from application.agent_markup.lenient_json import read_json

GAP = re.compile(r"[\s,;]*+")
MARKS = "`~"
MAX_DEPTH = 32  # nothing that an agent may say needs more than 5
DECODER = json.JSONDecoder(strict=False)  # a text may hold line breaks


@frozen(kw_only=True)
class Block:
    """The values of one block. `whole` is false when something in it is not JSON; that is `unread`.

    `sources` are the values as they were written.
    """

    values: tuple[object, ...]
    whole: bool
    sources: tuple[str, ...] = field(default=(), eq=False)
    unread: str = field(default="", eq=False)


@frozen(kw_only=True)
class Values:
    """Values in sequence. `end` is the position after the last value, `at` the position after the gap behind it."""

    values: tuple[object, ...] = ()
    sources: tuple[str, ...] = ()
    end: int
    at: int


def read_values(text: str, start: int, *, lenient: bool = False) -> Values:
    """Read values up to a fence, the end, or something that is not JSON. `lenient`: with `lenient_json`."""
    values: list[object] = []
    sources: list[str] = []
    end, at = start, _after_gap(text, start)
    while at < len(text) and text[at] not in MARKS:
        try:
            value, end = _read(text, at, lenient=lenient)
        except (ValueError, RecursionError):
            break
        if nested_too_deeply(value):
            break
        values.append(value)
        sources.append(text[at:end])
        at = _after_gap(text, end)
    return Values(values=tuple(values), sources=tuple(sources), end=end, at=at)


def nested_too_deeply(value: object) -> bool:
    """Whether a value has lists or objects in each other deeper than `MAX_DEPTH`.

    Python's decoder accepts nearly as many as calls may be nested. A later function that calls itself for each level
    would fail.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, Mapping | list)
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
        ]
        if not level:
            return False
    return True


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
