"""Detect blocks that an agent only repeats. A block that a person wrote is sent as text.

Otherwise a person could write a block, ask the agent to repeat it, and get a template, a contact card or a payment link
in the business's name.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from typing import Self

from attrs import frozen

from domain.messages.visibility import is_visible

# Marks that may change when a text is quoted, escaped or written as JSON. They are not compared.
# Example: {"text": 'Hi.'} and {“Text”:"hi."} are the same.
MARKS = frozenset("\"'“”„\u2018\u2019\u201a«»`\u00b4~{}[]()<>:,;\\/*_|")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
MAX_GROWTH = 8  # a repetition may be this many times as long: JSON's escapes take six characters for one


@frozen(kw_only=True)
class HeardWords:
    """The texts that the agent was given. They are only prepared for comparisons when there is something to compare."""

    text: str = ""

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> Self:
        return cls(text="\n".join(filter(None, texts)))

    @cached_property
    def _forms(self) -> tuple[str, str]:
        """The text without case, blanks and marks; and the same after JSON's escapes are decoded."""
        return _reduced(self.text), _reduced(_unescaped(self.text))

    def include(self, item: object, *, source: str = "") -> bool:
        """Whether they contain the item of a block, as it was written (`source`) or as JSON.

        An item that is nested too deep to be compared counts as contained.
        """
        if not self._forms[0] or len(source) > MAX_GROWTH * len(self.text):
            return False
        forms = (as_json(item), source)
        reduced = {reduced for form in forms for reduced in (_reduced(form), _reduced(_unescaped(form)))} - {""}
        return not forms[0] or any(form in words for form in reduced for words in self._forms)


def as_json(item: object) -> str:
    """The value as JSON in one line; empty when it is nested too deep."""
    try:
        return json.dumps(item, ensure_ascii=False, skipkeys=True, default=str)
    except (RecursionError, ValueError):
        return ""


def _reduced(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    dropped = {ord(character): None for character in set(folded) if character in MARKS or not is_visible(character)}
    return folded.translate(dropped)


def _unescaped(text: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
