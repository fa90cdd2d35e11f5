"""Stores the messages of one webhook, and what follows from them, in one step."""

from collections.abc import Sequence
from typing import Protocol

from application.ports.inbox import Acceptance, EnqueuedMessage
from domain.conversations.activity import Activity


class UnverifiedPersonError(Exception):
    """A person may have another id than assumed. Nothing was stored: the directory has to be asked."""


class Intake(Protocol):
    """What the inbox, the directory, the states and the activity feed do with incoming messages, all at once."""

    async def store(
        self, *, messages: Sequence[EnqueuedMessage], activities: Sequence[Activity], assumed: bool = False
    ) -> tuple[Acceptance, ...]:
        """Store messages durably, as `Inbox.accept` does. Returns one answer for each, in their order.

        The state of each conversation gets the time when the person last wrote, unless the message is known. Of the
        `activities`, one for each message, those of new messages are published. It is one atomic step for each
        partition of the store, and safe to repeat.

        With `assumed`, the user of each conversation is only assumed: it is the first name of a person whose names
        never changed. The same step verifies this, and adds the names of a new person to the directory.

        Raises:
            UnverifiedPersonError: only with `assumed`. Ask the directory for the ids, then store without it.
            StoreUnavailableError: the store cannot be reached or refuses.
        """
        ...
