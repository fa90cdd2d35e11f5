"""Read JSON as models write it: with single or typographic quotes, comments, `True`, bare keys, trailing commas.

Each token is rewritten as JSON, and the result is decoded.
"""

import json
import re
from collections.abc import Callable, Mapping

# A quote ends a string only where JSON continues after it, so that "don't" and "he said "hi"" are read whole.
ENDS = r"(?=\s*+(?:[,:}\]]|//|/\*|\Z))"
TOKEN = re.compile(
    rf"""
    (?P<blank> \s++ | //[^\n]*+ | /\*(?:[^*]|\*(?!/))*+\*/ | \#[^\n]*+ )
    | (?P<open> [{{\[] )
    | (?P<close> [}}\]] )
    | (?P<between> [,:] )
    | (?P<string>
        "(?:[^"\\]|\\.|"(?!{ENDS}))*+"
        | '(?:[^'\\]|\\.|'(?!{ENDS}))*+'
        | [\u201c\u201d\u201e](?:[^\u201c\u201d"\\]|\\.|[\u201c\u201d"](?!{ENDS}))*+[\u201c\u201d"]
        | [\u2018\u2019\u201a](?:[^\u2018\u2019'\\]|\\.|[\u2018\u2019'](?!{ENDS}))*+[\u2018\u2019']
      )
    | (?P<number> -?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w.]) )
    | (?P<word> [\w$][\w$.-]*+ )
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|.)|"', re.DOTALL)
KNOWN_ESCAPES = frozenset('"\\/bfnrt')
CONSTANTS: Mapping[str, str] = {"true": "true", "false": "false", "null": "null", "none": "null", "undefined": "null"}
MAX_LENGTH = 20_000  # characters; each takes a third of a microsecond
DECODER = json.JSONDecoder(strict=False)  # a text may hold line breaks


def read_json(text: str, start: int) -> tuple[object, int]:
    """The object or list that begins at `start`, and where it ends.

    Raises:
        ValueError: there is no such value.
    """
    written: list[str] = []
    depth, at = 0, start
    while found := TOKEN.match(text, at, start + MAX_LENGTH):
        at, kind = found.end(), str(found.lastgroup)
        depth += (kind == "open") - (kind == "close")
        if depth <= 0 and kind != "close":
            break
        if kind == "close" and written[-1:] == [","]:
            written.pop()
        if kind != "blank":
            written.append(WRITERS[kind](found[0]))
        if depth == 0:
            return _decoded("".join(written)), at
    raise ValueError("not an object or a list")


def unquoted(token: str) -> str:
    """The text of a quoted string.

    Raises:
        ValueError: it is not a string.
    """
    return str(_decoded(_string(token)))


def _decoded(text: str) -> object:
    try:
        return DECODER.decode(text)
    except RecursionError:
        raise ValueError("too deep") from None


def _string(token: str) -> str:
    """The string in double quotes. An unknown escape becomes the character itself."""
    return f'"{ESCAPE.sub(_escaped, token[1:-1])}"'


def _escaped(found: re.Match[str]) -> str:
    after = found[1]
    if after is None:
        return r"\""
    return found[0] if len(after) > 1 or after in KNOWN_ESCAPES else after


def _word(token: str) -> str:
    return CONSTANTS.get(token.lower()) or json.dumps(token)


WRITERS: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("open", "close", "between", "number"), str),
    "string": _string,
    "word": _word,
}
