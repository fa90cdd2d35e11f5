"""Turns that could not be answered, kept for an operator."""

from typing import Protocol

from attrs import frozen

from domain.conversations.turn import Turn


class UnknownDeadLetterError(LookupError):
    """There is no dead letter of that id; it may have been replayed or discarded."""


class ImpossibleDeadLetterIdError(UnknownDeadLetterError):
    """The id has a number that no store can give: there never was such a dead letter."""


class UnreadableDeadLetterError(Exception):
    """This version cannot read the turn: the dead letter can be listed and discarded, but not replayed."""


@frozen(kw_only=True)
class DeadLetter:
    """A turn that could not be finished, with all its progress. `at`: unix seconds."""

    id: str
    turn: Turn
    reason: str
    at: float


@frozen(kw_only=True)
class UnreadableDeadLetter:
    """A dead letter whose turn this version cannot read. `raw` is the turn as it is stored."""

    id: str
    conversation: str
    raw: str
    reason: str
    at: float


type AnyDeadLetter = DeadLetter | UnreadableDeadLetter


class DeadLetters(Protocol):
    """All raise `StoreUnavailableError` when the store cannot be reached."""

    async def page(self, *, limit: int, after: str | None = None) -> tuple[AnyDeadLetter, ...]:
        """Dead letters, oldest first, those after the id `after`."""
        ...

    async def show(self, *, letter_id: str) -> AnyDeadLetter:
        """One of them.

        Raises:
            UnknownDeadLetterError: when there is none of that id.
        """
        ...

    async def replay(self, *, letter_id: str) -> None:
        """Put the turn back at the head of its conversation; only what was not sent is sent.

        A turn that ended in an apology has its agent run again.

        Raises:
            UnknownDeadLetterError: when there is none of that id.
            UnreadableDeadLetterError: when its turn cannot be read; it stays where it is.
        """
        ...

    async def trim(self, *, before: float) -> int:
        """Forget those that are older than `before` (unix seconds). Returns how many there were."""
        ...

    async def discard(self, *, letter_id: str) -> None:
        """Forget it.

        Raises:
            UnknownDeadLetterError: when there is none of that id.
        """
        ...
