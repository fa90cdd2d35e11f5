"""What stands between a person and us beside their messages: until when we may write, and who answers."""

import math

from attrs import frozen

from domain.contents import Choice
from domain.conversations import Person
from domain.visible import comparable

UNTIL_TOLD = math.inf
MOST_REMARKS = 50
LONGEST_NUMBER = 3
# The last one makes a keycap of a digit.
AROUND = " .,:;!()#\N{COMBINING ENCLOSING KEYCAP}"


@frozen(kw_only=True)
class Standing:
    """Times are unix seconds.

    `heard_at` is when the person last wrote. `human_until` is how long a human answers in the agent's place. `session`
    counts the fresh starts a person asked for. `remarks` are words the agent should hear with the next message, and
    `left_out` says how many earlier ones were too many to keep; `choices` are the answers that were offered last.
    `moved_to` are the names that the person said at `moved_at` they go by from then on.
    """

    heard_at: float | None = None
    human_until: float | None = None
    session: int = 0
    remarks: tuple[str, ...] = ()
    left_out: int = 0
    choices: tuple[Choice, ...] = ()
    moved_to: Person | None = None
    moved_at: float = 0.0

    def with_human(self, *, now: float) -> bool:
        """Whether a human has taken over."""
        return self.human_until is not None and now < self.human_until

    @property
    def all_remarks(self) -> tuple[str, ...]:
        """The remarks as the agent should hear them, with word of what is missing."""
        missing = f"[{self.left_out} earlier messages are left out]" if self.left_out else ""
        return tuple(filter(None, (missing, *self.remarks)))

    def offers(self, choice: Choice) -> bool:
        """Whether it is one of those offered last; a description does not always come back."""
        return any((offered.id, offered.title) == (choice.id, choice.title) for offered in self.choices)

    def meant(self, typed: str) -> Choice | None:
        """The choice somebody means who types its number or its title instead of tapping it."""
        text = _bare(typed)
        if text.isdecimal() and len(text) <= LONGEST_NUMBER and 1 <= int(text) <= len(self.choices):
            return self.choices[int(text) - 1]
        same = (choice for choice in self.choices if text and _bare(choice.title) == text)
        return next(same, None)


def _bare(text: str) -> str:
    """As people write lists: "2." and "#2" are 2, so is a keycap, and "Small!" is small."""
    return comparable(text).strip(AROUND)
