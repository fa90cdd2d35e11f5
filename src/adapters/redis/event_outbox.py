"""The event outbox on Redis: the stream of the feed, and for each receiver a claim, a place and its dead events."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.activity_feed import STREAM_ID, RedisActivityFeed
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.event_outbox import DeadEvent, EventPage, PublishedEvent, UnknownDeadEventError


@frozen(kw_only=True)
class RedisEventOutbox:
    """A claim holds for `hold_seconds`. What belongs to a receiver is kept for `keep_seconds` after its last step."""

    store: StoreConnections
    feed: RedisActivityFeed
    keys: Keys = field(factory=Keys)
    hold_seconds: float = 10.0
    keep_seconds: float = 30 * 86400.0
    max_dead: int = 1000

    async def claim(self, *, receiver: str, worker: str) -> str | None:
        keys = self._keys(receiver, "claim", "place")
        place: str | None = await self.store.run(scripts.OUTBOX_CLAIM, keys, [worker, self._hold_ms, self._keep_ms])
        if place is None:
            return None
        if not STREAM_ID.fullmatch(place):
            place = await self.feed.newest()
            if not await self.settle(receiver=receiver, worker=worker, position=place):
                return None
        return place

    async def read(self, *, after: str, limit: int) -> EventPage:
        missed, entries = await self.store.run(scripts.OUTBOX_READ, [self.keys.shared("feed")], [after, limit])
        events = [_event(entry, fields) for entry, fields in entries]
        position = str(entries[-1][0]) if entries else after
        return EventPage(events=tuple(filter(None, events)), position=position, missed=bool(missed))

    async def replayed(self, *, receiver: str, limit: int) -> tuple[PublishedEvent, ...]:
        records = await self.store.execute("HVALS", self._keys(receiver, "again")[0])
        dead = (_load(record) for record in records[:limit])
        return tuple(one.event for one in dead if one)

    async def settle(
        self, *, receiver: str, worker: str, position: str, dead: Sequence[DeadEvent] = (), done: Sequence[str] = ()
    ) -> bool:
        arguments: list[scripts.Argument] = [worker, self._hold_ms, self._keep_ms, position, self.max_dead]
        arguments += [json.dumps(list(done)), *map(_dump, dead)]
        keys = self._keys(receiver, "claim", "place", "dead", "again")
        return bool(await self.store.run(scripts.OUTBOX_SETTLE, keys, arguments))

    async def release(self, *, receiver: str, worker: str) -> None:
        (claim,) = self._keys(receiver, "claim")
        with translated():
            if await self.store.commands.get(claim) == worker:
                await self.store.commands.pexpire(claim, 1)

    async def dead(self, *, receiver: str, limit: int) -> tuple[DeadEvent, ...]:
        with translated():
            records: Any = await self.store.commands.lrange(self._keys(receiver, "dead")[0], 0, limit - 1)
        return tuple(filter(None, map(_load, records)))

    async def count_dead(self, *, receiver: str) -> int:
        with translated():
            return int(await self.store.commands.llen(self._keys(receiver, "dead")[0]))

    async def replay(self, *, receiver: str, event_id: str) -> None:
        await self._take(receiver, event_id, send_again="1")

    async def discard(self, *, receiver: str, event_id: str) -> None:
        await self._take(receiver, event_id, send_again="0")

    async def _take(self, receiver: str, event_id: str, *, send_again: str) -> None:
        keys = self._keys(receiver, "dead", "again")
        if not await self.store.run(scripts.OUTBOX_TAKE_DEAD, keys, [event_id, self._keep_ms, send_again]):
            raise UnknownDeadEventError(event_id)

    def _keys(self, receiver: str, *names: str) -> list[str]:
        """The keys of a receiver share a hash tag, for a cluster."""
        return [f"{self.keys.prefix}:{{events:{receiver}}}:{name}" for name in names]

    @property
    def _hold_ms(self) -> int:
        return int(self.hold_seconds * 1000)

    @property
    def _keep_ms(self) -> int:
        return int(self.keep_seconds * 1000)


def _event(entry: str, fields: Sequence[str]) -> PublishedEvent | None:
    """The event, or None when it is damaged or a later version wrote it: the others must go on."""
    try:
        record = dict(zip(fields[::2], fields[1::2], strict=True))["activity"]
        return PublishedEvent(id=entry, activity=codec.load_activity(record))
    except codec.DECODE_ERRORS:
        return None


def _dump(dead: DeadEvent) -> bytes:
    activity = msgspec.Raw(codec.dump_activity(dead.event.activity))
    return msgspec.json.encode({"id": dead.event.id, "reason": dead.reason, "activity": activity})


def _load(record: str) -> DeadEvent | None:
    try:
        fields = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
        activity = codec.load_activity(bytes(fields["activity"]).decode())
        event_id, reason = (msgspec.json.decode(fields[name], type=str) for name in ("id", "reason"))
    except codec.DECODE_ERRORS:
        return None
    return DeadEvent(event=PublishedEvent(id=event_id, activity=activity), reason=reason)
