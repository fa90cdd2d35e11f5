"""The events that one receiver is being sent: in order within each conversation, many conversations at a time."""

import heapq
from collections import deque
from collections.abc import Iterable

from attrs import define, field

from application.ports.event_outbox import PublishedEvent


@define
class DeliveryWindow:
    """Events between `position`, up to which all are settled, and `read_to`, up to which they were read.

    Example: of the events 1 and 2 of Ana and 3 of Ben, 1 fails. 3 is sent, 2 waits for 1. `position` stays before 1.
    """

    position: str
    read_to: str = field(init=False)
    _settled: dict[str, bool] = field(factory=dict, init=False)
    _queues: dict[str, deque[PublishedEvent]] = field(factory=dict, init=False)
    _ready: deque[str] = field(factory=deque, init=False)
    _delayed: list[tuple[float, str]] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.read_to = self.position

    def __len__(self) -> int:
        return len(self._settled)

    def add(self, events: Iterable[PublishedEvent], *, read_to: str) -> None:
        """Take in events that follow those before. Those that nobody wants are left out of `events`."""
        for event in events:
            self._settled[event.id] = False
            self._enqueue(_key_of(event), event)
        self.read_to = read_to
        self._advance()

    def add_replayed(self, event: PublishedEvent) -> None:
        """Take in an event that has no place between the others any more."""
        self._enqueue(f"replayed {event.id}", event)

    def _enqueue(self, key: str, event: PublishedEvent) -> None:
        if key not in self._queues:
            self._queues[key] = deque()
            self._ready.append(key)
        self._queues[key].append(event)

    def next(self, *, now: float) -> tuple[str, PublishedEvent] | None:
        """The next event to send, with the key by which `settle` and `delay` know its queue; None when none is due."""
        while self._delayed and self._delayed[0][0] <= now:
            self._ready.append(heapq.heappop(self._delayed)[1])
        if not self._ready:
            return None
        key = self._ready.popleft()
        return key, self._queues[key][0]

    def due_in(self, *, now: float) -> float | None:
        """In how many seconds a delayed event is due."""
        return max(0.0, self._delayed[0][0] - now) if self._delayed else None

    def settle(self, key: str) -> None:
        """The event that was sent last of this queue needs nothing more."""
        event = self._queues[key].popleft()
        if self._queues[key]:
            self._ready.append(key)
        else:
            del self._queues[key]
        if event.id in self._settled:
            self._settled[event.id] = True
        self._advance()

    def delay(self, key: str, *, until: float) -> None:
        """Send the same event again later. No other one of its queue goes before it."""
        heapq.heappush(self._delayed, (until, key))

    def wake(self) -> None:
        """Everything that is delayed is due now."""
        self._ready.extend(key for _, key in sorted(self._delayed))
        self._delayed.clear()

    def _advance(self) -> None:
        while self._settled:
            first = next(iter(self._settled))
            if not self._settled[first]:
                return
            del self._settled[first]
            self.position = first
        self.position = self.read_to


def _key_of(event: PublishedEvent) -> str:
    """Events of one conversation are in order, and so are those of a channel that belong to none."""
    return event.activity.conversation or f"channel {event.activity.channel}"
