"""Phone numbers that are written in two ways: with a digit that a country put into its mobile numbers, or without it.

Brazil has a ninth digit (55 11 9 8765 4321), Argentina a 9 (54 9 11 2345 6789), Mexico a 1 (52 1 55 1234 5678). A
channel may know a person by either writing, and an operator may write the other one.
"""

import re
from collections.abc import Sequence

# What stands before the digit, the digit, and what follows it. In Brazil a number of eight digits that begins with 6 to
# 9 is a mobile one: no other has a ninth. Area codes begin with 1 to 3 in Argentina, and with 2 to 9 in Mexico.
_COUNTRIES: Sequence[tuple[str, str, str]] = (
    (r"55[1-9]\d", "9", r"[6-9]\d{7}"),
    (r"54", "9", r"[1-3]\d{9}"),
    (r"52", "1", r"[2-9]\d{9}"),
)
_PATTERNS = tuple(
    (re.compile(f"({before})({digit}?)({after})", re.ASCII), digit) for before, digit, after in _COUNTRIES
)


def other_writing(phone: str) -> str | None:
    """The same number with the digit, or without it; None for numbers that have one writing.

    `phone`: digits with the country code, without a plus sign.
    """
    for pattern, digit in _PATTERNS:
        if found := pattern.fullmatch(phone):
            before, written, after = found.groups()
            return f"{before}{after}" if written else f"{before}{digit}{after}"
    return None
