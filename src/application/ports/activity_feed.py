"""Publishes what happens, for operators and programs that watch."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from domain.conversations.activity import Activity


class ActivityFeed(Protocol):
    """The recent activities, in order, limited in number. It may lose some."""

    async def publish(self, *, activities: Sequence[Activity]) -> None:
        """Append. It never raises: nothing may fail because it could not be published."""
        ...

    def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        """Activities with their ids, as they happen: those after the id `after`, or only new ones when it is none.

        Raises:
            StoreUnavailableError: when the store cannot be reached.
        """
        ...
