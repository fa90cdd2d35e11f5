"""Sessions of agents that several conversations share, because they are of one person on several channels."""

from typing import Protocol


class SharedSessions(Protocol):
    """Lets one turn at a time run an agent in a shared session. Both raise `StoreUnavailableError`.

    `session`: the first session of the person (see `ConversationState.joined_session`). `number`: how many new sessions
    were begun, as far as the caller knows. The highest that was ever told counts, for all conversations.
    """

    async def hold(self, *, session: str, turn: str, number: int, seconds: float) -> int | None:
        """Let this turn have the session for so long, or prolong that. Returns the present number.

        None while another turn has it: ask again. A turn that is tried again, by any process, has it still.
        """
        ...

    async def release(self, *, session: str, turn: str, number: int) -> None:
        """Let the next turn have the session. Nothing happens if this one does not have it; its number counts."""
        ...
