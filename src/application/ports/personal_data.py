"""Everything that is stored of one person, in whatever it is stored."""

from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from domain.people.person import Conversation


class RecordKind(StrEnum):
    """What a record is. docs/privacy.md says where each is kept, and for how long."""

    NAME = "name"
    STATE = "state"
    WAITING_MESSAGE = "waiting_message"
    TURN = "turn"
    QUEUED_TURN = "queued_turn"
    TRANSCRIPT_ENTRY = "transcript_entry"
    RATE_LOG = "rate_log"
    SPENDING = "spending"
    SEND_CREDIT = "send_credit"
    SHARED_SESSION = "shared_session"
    DEAD_LETTER = "dead_letter"
    PROPOSAL = "proposal"
    TEXT = "text"
    STATUS = "status"
    REQUEST = "request"
    EVENT = "event"
    DEAD_EVENT = "dead_event"
    OLD_SESSION = "old_session"


@frozen(kw_only=True)
class PersonalRecord:
    """`value` is the record as it is stored, made of what JSON has."""

    kind: RecordKind
    value: object


class Fence(StrEnum):
    """What a fence came upon. BUSY: a worker is answering, so nothing was done. FREE: none was. CUT_OFF: one was."""

    BUSY = "busy"
    FREE = "free"
    CUT_OFF = "cut_off"


class PersonalData(Protocol):
    """All raise `StoreUnavailableError`; then part of it may be done, and everything may be repeated."""

    async def joined_to(self, *, conversation: Conversation) -> tuple[Conversation, ...]:
        """The other conversations that share the session of this one."""
        ...

    def records(self, *, conversation: Conversation) -> AsyncIterator[PersonalRecord]:
        """Everything that is stored of a conversation and its person, in no certain order."""
        ...

    async def interrupted(self, *, name: str) -> tuple[Conversation, ...]:
        """What an erasure that was begun under this name and never finished was about."""
        ...

    async def begin(self, *, name: str, conversations: Sequence[Conversation]) -> None:
        """Remember, until it is finished, that these are being erased."""
        ...

    async def fence(self, *, conversation: Conversation, force: bool) -> Fence:
        """Forget in one step what waits, the turn under way, the state and the transcript. Later messages begin anew.

        It does nothing while a worker is answering, unless `force`: then that worker can store nothing of its turn.
        """
        ...

    async def sweep(self, *, conversation: Conversation) -> int:
        """Erase everything else. Returns how many records there were.

        Of what came after the fence, messages, state and transcript stay. Events and texts may go.
        """
        ...

    async def finish(self, *, name: str) -> None:
        """The erasure under this name is done. Where we may, have the store's files written anew."""
        ...
