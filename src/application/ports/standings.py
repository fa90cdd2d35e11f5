"""Remembers what stands between each person and us beside their messages."""

from typing import Protocol, TypedDict, Unpack

from domain.contents import Choice
from domain.conversations import Conversation
from domain.standing import Standing


class StandingChanges(TypedDict, total=False):
    """Fields of a `Standing` with what they become."""

    heard_at: float | None
    human_until: float | None
    session: int
    remarks: tuple[str, ...]
    choices: tuple[Choice, ...]


class Standings(Protocol):
    """Kept for some months after the last change. All raise `StoreUnavailableError`."""

    async def of(self, *, conversation: Conversation) -> Standing:
        """The standing of a conversation, the blank one where nothing is known."""
        ...

    async def change(self, *, conversation: Conversation, **changes: Unpack[StandingChanges]) -> None:
        """Set single fields, and leave the others to whoever else changes them."""
        ...
