"""Keeps the state of each conversation beside its messages."""

from collections.abc import Sequence
from typing import Protocol, TypedDict, Unpack

from domain.conversations.agent_notes import AgentNote
from domain.conversations.state import ConversationState
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person


class StateChanges(TypedDict, total=False):
    """Fields of a `ConversationState` with what they become.

    `heard_at`, `human_until`, the two of `marketing` and the two of reachability only grow, until None clears them: of
    two who set one, the later time stays.
    """

    heard_at: float | None
    human_until: float | None
    session: int
    choices: tuple[Choice, ...]
    moved_to: Person | None
    moved_at: float
    marketing_stopped_at: float | None
    marketing_resumed_at: float | None
    unreachable_at: float | None
    reachable_at: float | None
    answered_session: int | None
    answered_at: float | None
    quick_rounds: int
    loop_until: float | None
    shared_phone: str
    joined_session: str
    budget_notice_at: float | None
    agent: str
    agent_rule: str


class ConversationStates(Protocol):
    """Kept for some months after the last change; for good while the person takes no marketing.

    All raise `StoreUnavailableError`.
    """

    async def of(self, *, conversation: Conversation) -> ConversationState:
        """The state of a conversation; a blank one where nothing is known."""
        ...

    async def change(
        self, *, conversation: Conversation, heard: Sequence[AgentNote] = (), **changes: Unpack[StateChanges]
    ) -> None:
        """Set single fields, and leave the others to whoever else changes them.

        The notes that the agent has `heard` are removed, with the count of those left out before them. Notes that were
        added since then stay.
        """
        ...

    async def note(self, *, conversation: Conversation, agent_notes: Sequence[AgentNote]) -> None:
        """Add notes for the agent. A note that waits already is not added again, so this may be repeated.

        The text of a note is cut after `MAX_NOTE_LENGTH` characters. Of more than `MAX_AGENT_NOTES` notes, or more than
        `MAX_NOTES_LENGTH` characters in all, the earliest are left out, and counted.
        """
        ...
