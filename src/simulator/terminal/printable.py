"""Makes the text of others harmless for a terminal."""

import re

# A terminal obeys control characters: they move the cursor or type for the user. Other characters turn the direction
# of writing round. These are: controls (C0 without the end of a line, DEL, C1), lone surrogates, marks of direction,
# separators of lines.
HARMFUL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text without the characters that a terminal would obey. Ends of lines stay."""
    return HARMFUL.sub("", text)
