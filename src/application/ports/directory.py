"""Knows who is who: one person, by every name a channel has for them."""

from collections.abc import Sequence
from typing import Protocol

from domain.conversations import Person
from domain.identity import IdentityChange


class Directory(Protocol):
    """Person ids are unique within a channel and never change. All raise `StoreUnavailableError`.

    A person's id is the first name they were known by (see `Person.key`), unless somebody else had it before.
    """

    async def ids(self, *, channel: str, persons: Sequence[Person]) -> tuple[str, ...]:
        """The id of each of these persons; names that are new are added to it."""
        ...

    async def change(self, *, change: IdentityChange) -> None:
        """From now on the new names lead to the same person, and a phone number they gave up to nobody."""
        ...
