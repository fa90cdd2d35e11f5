"""Keeps what was said in each conversation for some days, and lists the conversations."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from domain.conversations.transcript import Happening, TranscriptEntry
from domain.people.person import Conversation


class TranscriptsOffError(Exception):
    """Nothing is kept: transcripts are off in the configuration."""


@frozen(kw_only=True)
class ListedConversation:
    """A conversation in the list. Times are unix seconds.

    `last_at`: when something was last said. `waits`: a message, or a turn under way, waits for its answer.
    """

    conversation: Conversation
    last_at: float
    name: str = ""
    phone: str = ""
    user_id: str = ""
    username: str = ""
    heard_at: float | None = None
    human_until: float | None = None
    waits: bool = False


@frozen(kw_only=True)
class ListedPage:
    """Some conversations. `end` is the position after the last of them; None when there are no more."""

    conversations: tuple[ListedConversation, ...]
    end: str | None


class Transcripts(Protocol):
    """Messages come with the intake and the steps of a turn (`TurnChanges`). Each conversation has a limited number.

    All raise `StoreUnavailableError`, and all but `add` `TranscriptsOffError`.
    """

    async def add(self, *, conversation: Conversation, what: Sequence[Happening]) -> None:
        """Append what happened beside a turn. It does nothing when transcripts are off."""
        ...

    async def page(
        self, *, conversation: Conversation, limit: int, before: str | None = None
    ) -> tuple[TranscriptEntry, ...]:
        """The latest entries before the entry with this id, in the order in which they were stored.

        Raises:
            InvalidPositionError: `before` is no id.
        """
        ...

    async def newest(self, *, limit: int, after: str | None = None) -> ListedPage:
        """Conversations in which something was said, the latest first, from the position `after` on.

        Raises:
            InvalidPositionError: `after` is no position.
        """
        ...

    async def waiting_seconds(self, *, conversations: Sequence[Conversation]) -> tuple[float | None, ...]:
        """For each, how long its oldest message has waited; None when none waits."""
        ...

    async def with_dead_letters(self) -> frozenset[Conversation]:
        """The conversations that have dead letters."""
        ...
