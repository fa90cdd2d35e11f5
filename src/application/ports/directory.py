"""Finds a person by any name that a channel has for them."""

from collections.abc import Sequence
from typing import Protocol

from domain.people.alias import Alias
from domain.people.aliases import IdentityChange, Observation


class Directory(Protocol):
    """Person ids are unique within a channel and never change. All raise `StoreUnavailableError`.

    A person's id is the first name they were known by (see `Person.key`), unless somebody else had it before. Repeated
    and outdated facts change nothing.
    """

    async def ids(self, *, channel: str, seen: Sequence[Observation]) -> tuple[str, ...]:
        """The id of each observed person. Names that are new are added."""
        ...

    async def find(self, *, channel: str, alias: Alias) -> str | None:
        """The id of the person that the alias leads to; None when there is none. Nothing is added."""
        ...

    async def change(self, *, change: IdentityChange) -> None:
        """Let the new names lead to the same person, and a phone number that was given up to nobody."""
        ...
