"""Phone numbers with two forms: with a digit that a country added to its mobile numbers, or without it.

Brazil has a ninth digit (55 11 9 8765 4321), Argentina a 9 (54 9 11 2345 6789), Mexico a 1 (52 1 55 1234 5678). A
channel may know a person by either form, and an operator may write the other one.
"""

import re
from collections.abc import Sequence

# E.164 allows 15 digits. Numbers with fewer than 7 cannot be called from abroad.
PHONE_DIGITS = range(7, 16)

# The pattern before the digit, the digit, and the pattern after it. In Brazil a number of eight digits that begins with
# 6 to 9 is a mobile one: no other has a ninth. Area codes begin with 1 to 3 in Argentina, and with 2 to 9 in Mexico.
_COUNTRIES: Sequence[tuple[str, str, str]] = (
    (r"55[1-9]\d", "9", r"[6-9]\d{7}"),
    (r"54", "9", r"[1-3]\d{9}"),
    (r"52", "1", r"[2-9]\d{9}"),
)
_PATTERNS = tuple(
    (re.compile(f"({before})({digit}?)({after})", re.ASCII), digit) for before, digit, after in _COUNTRIES
)


def other_writing(phone: str) -> str | None:
    """The other form of the number; None for numbers that have only one.

    `phone`: digits with the country code, without a plus sign.
    """
    for pattern, digit in _PATTERNS:
        if found := pattern.fullmatch(phone):
            before, written, after = found.groups()
            return f"{before}{after}" if written else f"{before}{digit}{after}"
    return None
