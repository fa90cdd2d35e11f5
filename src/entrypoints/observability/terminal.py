"""Text of strangers, of agents and of channels, on its way to an operator's terminal.

A terminal obeys control characters: they move the cursor, change its title, or type for the operator. Others turn the
direction of writing round, so that a line reads otherwise than it is.
"""

import re

import msgspec

# Controls (C0 without the end of a line, DEL, C1), lone surrogates, marks of direction, separators of lines.
HARMFUL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str, *, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """The text with `instead` for each character that a terminal would obey; ends of lines stay."""
    return HARMFUL.sub(instead, text)


def one_line(text: str) -> str:
    """The same without ends of lines, so that it cannot pass for a line of ours."""
    return printable(text.replace("\n", " "))


def escaped_json(text: str) -> str:
    """JSON with escapes for each such character: it says the same, and a terminal obeys none of it."""
    return HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_json(value: object) -> str:
    """A value as indented JSON that may be shown in a terminal."""
    return escaped_json(msgspec.json.format(msgspec.json.encode(value)).decode())
