"""Tells people who watch what just happened."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from domain.conversations.activity import Activity


class ActivityFeed(Protocol):
    """The recent past, in order, bounded in length. Losing some of it harms nobody."""

    async def publish(self, *, activities: Sequence[Activity]) -> None:
        """Append; never raises, since nothing may fail because it could not be watched."""
        ...

    def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        """Activities with their ids, as they happen: those after the id `after`, or only new ones when it is none.

        Raises:
            StoreUnavailableError: when the store cannot be reached.
        """
        ...
