"""Whether the agent is still being asked for the answer to a turn."""

from typing import Protocol

from domain.people.person import Conversation


class RunsUnderWay(Protocol):
    """One role of the mailbox."""

    async def awaits_reply(self, *, conversation: Conversation, turn_id: str) -> bool:
        """Whether this turn of the conversation is under way and has no reply yet, also while it waits for a retry.

        Raises:
            StoreUnavailableError: ask again.
        """
        ...
