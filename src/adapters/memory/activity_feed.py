"""The activity feed in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from attrs import define, field

from domain.conversations.activity import Activity


@define
class MemoryActivityFeed:
    """Keeps all activities. Ids count from 1."""

    activities: list[Activity] = field(factory=list)
    _published: asyncio.Event = field(factory=asyncio.Event)

    async def publish(self, *, activities: Sequence[Activity]) -> None:
        self.activities.extend(activities)
        self._published.set()

    async def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        position = int(after) if after and after.isdecimal() else len(self.activities)
        while True:
            self._published.clear()
            for activity in self.activities[position:]:
                position += 1
                yield str(position), activity
            await self._published.wait()
