"""Make texts of people, agents and channels safe to print on an operator's terminal.

Control characters can move the cursor, change the title, or type for the operator. Other characters reverse the
direction of writing, so that a line reads differently from what it is.
"""

import re

import msgspec

# Control characters (C0 without line feed, DEL, C1), lone surrogates, direction marks, line separators.
HARMFUL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str, *, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """The text with `instead` in place of each harmful character. Line feeds stay."""
    return HARMFUL.sub(instead, text)


def one_line(text: str) -> str:
    """The same on one line, so that a text cannot imitate a further line."""
    return printable(text.replace("\n", " "))


def escaped_json(text: str) -> str:
    """JSON with each harmful character escaped. Its meaning stays the same."""
    return HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_json(value: object) -> str:
    """A value as indented JSON that is safe to print."""
    return escaped_json(msgspec.json.format(msgspec.json.encode(value)).decode())
