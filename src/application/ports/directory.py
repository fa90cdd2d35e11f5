"""Knows who is who: one person, by every name a channel has for them."""

from collections.abc import Sequence
from typing import Protocol

from domain.people.aliases import IdentityChange, Observation


class Directory(Protocol):
    """Person ids are unique within a channel and never change. All raise `StoreUnavailableError`.

    A person's id is the first name they were known by (see `Person.key`), unless somebody else had it before. Whatever
    is told again, or after something newer, changes nothing.
    """

    async def ids(self, *, channel: str, seen: Sequence[Observation]) -> tuple[str, ...]:
        """The id of each person who was seen; names that are new are added to it."""
        ...

    async def find(self, *, channel: str, alias: str) -> str | None:
        """The id of the person whom the alias leads to, None when it leads to nobody; adds nothing."""
        ...

    async def change(self, *, change: IdentityChange) -> None:
        """From now on the new names lead to the same person, and a phone number they gave up to nobody."""
        ...
