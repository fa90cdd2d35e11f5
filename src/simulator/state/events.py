"""What happens on the phones, in order, for everybody who watches."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping

from attrs import field, frozen

KEPT_EVENTS = 2000
SIGN_OF_LIFE_SECONDS = 15.0


@frozen(kw_only=True)
class PhoneEvent:
    """Something to show: `kind` is message, status or typing, `data` JSON data about the phone `number`."""

    id: int
    number: str
    kind: str
    data: Mapping[str, object] = field(factory=dict)


class EventLog:
    """The recent events, replayed to whoever lost the connection."""

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
        """End every stream: a server waits for open ones before it stops."""
        self._closed = True
        self._wake()

    async def follow(self, *, number: str | None, after: int | None) -> AsyncIterator[PhoneEvent | None]:
        """Events of one phone, or of all when `number` is None: those after the id `after`, else only new ones.

        An id from the future is from before a restart: then everything is replayed. None is a sign of life
        after 15 quiet seconds.
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
