"""The event outbox in memory, over a feed in memory."""

from collections.abc import Sequence

from attrs import define, field

from adapters.memory.activity_feed import MemoryActivityFeed
from application.ports.event_outbox import DeadEvent, EventPage, PublishedEvent, UnknownDeadEventError


@define(kw_only=True)
class MemoryEventOutbox:
    """Claims do not expire. `kept`: how many of the latest events the feed shows, None for all."""

    feed: MemoryActivityFeed
    kept: int | None = None
    max_dead: int = 1000
    places: dict[str, int] = field(factory=dict)
    claims: dict[str, str] = field(factory=dict)
    _dead: dict[str, list[DeadEvent]] = field(factory=dict)
    _again: dict[str, dict[str, PublishedEvent]] = field(factory=dict)

    async def claim(self, *, receiver: str, worker: str) -> str | None:
        if self.claims.setdefault(receiver, worker) != worker:
            return None
        return str(self.places.setdefault(receiver, len(self.feed.activities)))

    async def read(self, *, after: str, limit: int) -> EventPage:
        count = len(self.feed.activities)
        removed = max(0, count - self.kept) if self.kept is not None else 0
        first = max(int(after), removed)
        page = self.feed.activities[first : first + limit]
        events = tuple(PublishedEvent(id=str(first + at), activity=one) for at, one in enumerate(page, 1))
        return EventPage(events=events, position=str(first + len(page)), missed=0 < int(after) < removed)

    async def replayed(self, *, receiver: str, limit: int) -> tuple[PublishedEvent, ...]:
        return tuple(self._again.get(receiver, {}).values())[:limit]

    async def settle(
        self, *, receiver: str, worker: str, position: str, dead: Sequence[DeadEvent] = (), done: Sequence[str] = ()
    ) -> bool:
        if self.claims.setdefault(receiver, worker) != worker:
            return False
        self.places[receiver] = int(position)
        self._dead[receiver] = [*self._dead.get(receiver, ()), *dead][-self.max_dead :]
        for event_id in done:
            self._again[receiver].pop(event_id, None)
        return True

    async def release(self, *, receiver: str, worker: str) -> None:
        if self.claims.get(receiver) == worker:
            del self.claims[receiver]

    async def dead(self, *, receiver: str, limit: int) -> tuple[DeadEvent, ...]:
        return tuple(self._dead.get(receiver, ())[:limit])

    async def count_dead(self, *, receiver: str) -> int:
        return len(self._dead.get(receiver, ()))

    async def replay(self, *, receiver: str, event_id: str) -> None:
        event = self._take(receiver, event_id)
        self._again.setdefault(receiver, {})[event_id] = event

    async def discard(self, *, receiver: str, event_id: str) -> None:
        self._take(receiver, event_id)

    def _take(self, receiver: str, event_id: str) -> PublishedEvent:
        for dead in self._dead.get(receiver, ()):
            if dead.event.id == event_id:
                self._dead[receiver].remove(dead)
                return dead.event
        raise UnknownDeadEventError(event_id)
