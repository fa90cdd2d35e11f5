"""The progress of a conversation's turn, step by step."""

from typing import Protocol

from application.ports.leases import Claim
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn, UnconfirmedSend


class UnreadableTurnError(Exception):
    """The stored turn is not in this version's format. A later version may have written it."""


class Turns(Protocol):
    """Each method is one atomic step, and is safe to repeat when its outcome was not seen.

    All raise `StoreUnavailableError` when the store cannot be reached or refuses. All raise `LeaseLostError` when the
    claim no longer holds, and then change nothing.
    """

    async def begin(self, *, claim: Claim) -> Turn | None:
        """Return the turn under way, or a new turn of the waiting messages.

        Returns None when nothing waits. The claim is settled then.

        Raises:
            UnreadableTurnError: the stored turn cannot be read. Only `dead_letter` helps.
        """
        ...

    async def save_reply(self, *, claim: Claim, reply: Reply) -> None:
        """Store the reply before any part of it is sent. From now on the agent does not run again for this turn."""
        ...

    async def record_sent(self, *, claim: Claim, part: int, message_id: str) -> None:
        """Record that the channel accepted part number `part` of the reply as `message_id`."""
        ...

    async def complete(self, *, claim: Claim) -> None:
        """End the turn. The conversation goes to the end of the queue when more messages wait, else it is forgotten."""
        ...

    async def retry_later(
        self, *, claim: Claim, after_seconds: float, error: str, unconfirmed: UnconfirmedSend | None = None
    ) -> None:
        """Try the same turn again later.

        With `unconfirmed` the turn waits for the confirmation of that send. If the send is confirmed already, the turn
        is ready at once and no failure is counted.
        """
        ...

    async def defer(self, *, claim: Claim, after_seconds: float) -> None:
        """Go on with the turn later. Nothing failed, so no failure is counted."""
        ...

    async def dead_letter(self, *, claim: Claim, reason: str) -> int:
        """Move the turn, with its progress, to the dead letters. The conversation goes on as after `complete`.

        Returns how many of the oldest dead letters were dropped, because only so many are kept.
        """
        ...
