"""Remembers what stands between each person and us beside their messages."""

from collections.abc import Sequence
from typing import Protocol, TypedDict, Unpack

from domain.conversations.state import ConversationState
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person


class StateChanges(TypedDict, total=False):
    """Fields of a `ConversationState` with what they become.

    `heard_at`, `human_until` and the two of `marketing` only grow, until None clears them: of two who set one, the
    later time stays.
    """

    heard_at: float | None
    human_until: float | None
    session: int
    choices: tuple[Choice, ...]
    moved_to: Person | None
    moved_at: float
    marketing_stopped_at: float | None
    marketing_resumed_at: float | None
    answered_at: float | None
    quick_rounds: int
    loop_until: float | None


class ConversationStates(Protocol):
    """Kept for some months after the last change; for good while the person takes no marketing.

    All raise `StoreUnavailableError`.
    """

    async def of(self, *, conversation: Conversation) -> ConversationState:
        """The standing of a conversation, the blank one where nothing is known."""
        ...

    async def change(
        self, *, conversation: Conversation, heard: Sequence[str] = (), **changes: Unpack[StateChanges]
    ) -> None:
        """Set single fields, and leave the others to whoever else changes them.

        The remarks `heard` by the agent are taken away, with the count of those left out before them; what was noted
        since then stays.
        """
        ...

    async def note(self, *, conversation: Conversation, agent_notes: Sequence[str]) -> None:
        """Add remarks for the agent; one that waits already is not added again, so this may be repeated.

        One that is too long (`MAX_REMARK_LENGTH`) is cut. Of too many, or too long ones (`MAX_AGENT_NOTES`,
        `MAX_REMARKS_LENGTH`), the earliest are left out, and counted.
        """
        ...
