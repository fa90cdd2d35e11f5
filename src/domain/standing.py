"""What stands between a person and us beside their messages: until when we may write, and who answers."""

import math

from attrs import frozen

from domain.contents import Choice

UNTIL_TOLD = math.inf
MOST_REMARKS = 20
LONGEST_NUMBER = 3


@frozen(kw_only=True)
class Standing:
    """Times are unix seconds.

    `heard_at` is when the person last wrote. `human_until` is how long a human answers in the agent's place. `session`
    counts the fresh starts a person asked for. `remarks` are words the agent should hear with the next message;
    `choices` are the answers that were offered last.
    """

    heard_at: float | None = None
    human_until: float | None = None
    session: int = 0
    remarks: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    def with_human(self, *, now: float) -> bool:
        """Whether a human has taken over."""
        return self.human_until is not None and now < self.human_until

    def meant(self, typed: str) -> Choice | None:
        """The choice somebody means who types its number or its title instead of tapping it."""
        text = typed.strip()
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and 1 <= int(text) <= len(self.choices):
            return self.choices[int(text) - 1]
        same = (choice for choice in self.choices if choice.title.casefold() == text.casefold())
        return next(same, None)
