"""The events of all phones, in order, for the pages and programs that show them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping

from attrs import field, frozen

KEPT_EVENTS = 2000
SIGN_OF_LIFE_SECONDS = 15.0


@frozen(kw_only=True)
class PhoneEvent:
    """A change on the phone with this `number`, or of the channels that work, without a number.

    `kind` is message, status, typing, notice, block or channels. `data` is JSON data.
    """

    id: int
    number: str
    kind: str
    data: Mapping[str, object] = field(factory=dict)


class EventLog:
    """Keeps the recent events, so that a client that lost the connection gets the ones it missed."""

    def __init__(self) -> None:
        self._events: deque[PhoneEvent] = deque(maxlen=KEPT_EVENTS)
        self._latest = 0
        self._changed = asyncio.Event()
        self._closed = False

    @property
    def latest(self) -> int:
        """The id of the last event."""
        return self._latest

    def publish(self, *, number: str, kind: str, data: Mapping[str, object]) -> None:
        self._latest += 1
        self._events.append(PhoneEvent(id=self._latest, number=number, kind=kind, data=data))
        self._wake()

    def close(self) -> None:
        """End every stream. A server that stops waits for open streams."""
        self._closed = True
        self._wake()

    async def follow(self, *, number: str | None, after: int | None) -> AsyncIterator[PhoneEvent | None]:
        """Yield the events of one phone, or of all phones when `number` is None.

        Starts after the event with the id `after`, or with the next new event when that is None. An id that is higher
        than the latest is from before a restart: then all kept events are yielded. Yields None, as a sign of life,
        after 15 seconds without an event.
        """
        seen = self._latest if after is None else after
        if seen > self._latest:
            seen = 0
        while not self._closed:
            changed = self._changed
            for event in [event for event in self._events if event.id > seen]:
                seen = event.id
                if number in (None, event.number):
                    yield event
            if changed is self._changed and not await self._within_time(changed):
                yield None

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _within_time(self, changed: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                return await changed.wait()
        except TimeoutError:
            return False
