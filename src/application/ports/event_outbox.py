"""What receivers of events have yet to get. The activity feed is their common queue; each has its place in it."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from domain.conversations.activity import Activity


class UnknownDeadEventError(Exception):
    """There is no dead event with this id."""


@frozen(kw_only=True)
class PublishedEvent:
    """An activity with its id in the feed."""

    id: str
    activity: Activity


@frozen(kw_only=True)
class DeadEvent:
    """An event that a receiver did not take, and why."""

    event: PublishedEvent
    reason: str


@frozen(kw_only=True)
class EventPage:
    """Some events in their order. `position` is the place after them.

    `missed`: the feed is full, and events before these were removed unread.
    """

    events: tuple[PublishedEvent, ...]
    position: str
    missed: bool = False


class EventOutbox(Protocol):
    """One process at a time serves a receiver: the one that claimed it, for some seconds after its last step.

    All raise `StoreUnavailableError` when the store cannot be reached. Each step may be repeated.
    """

    async def claim(self, *, receiver: str, worker: str) -> str | None:
        """The place of the receiver in the feed; None while another process serves it. A new one begins at the end."""
        ...

    async def read(self, *, after: str, limit: int) -> EventPage:
        """The events after a place."""
        ...

    async def replayed(self, *, receiver: str, limit: int) -> tuple[PublishedEvent, ...]:
        """Dead events that somebody wants to be sent again, and that are not settled yet."""
        ...

    async def settle(
        self, *, receiver: str, worker: str, position: str, dead: Sequence[DeadEvent] = (), done: Sequence[str] = ()
    ) -> bool:
        """Record that everything up to `position` is settled, and renew the claim.

        `dead` events are kept: the latest thousand. `done` are ids of replayed events that are settled.
        Returns False, and changes nothing, when another process serves the receiver.
        """
        ...

    async def release(self, *, receiver: str, worker: str) -> None:
        """Let another process serve the receiver at once."""
        ...

    async def dead(self, *, receiver: str, limit: int) -> tuple[DeadEvent, ...]:
        """Dead events, oldest first."""
        ...

    async def count_dead(self, *, receiver: str) -> int: ...

    async def replay(self, *, receiver: str, event_id: str) -> None:
        """Send a dead event again.

        Raises:
            UnknownDeadEventError: there is none with this id.
        """
        ...

    async def discard(self, *, receiver: str, event_id: str) -> None:
        """Forget a dead event.

        Raises:
            UnknownDeadEventError: there is none with this id.
        """
        ...
