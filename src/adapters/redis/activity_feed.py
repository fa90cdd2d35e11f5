"""The activity feed on Redis: one stream of bounded length."""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from adapters.redis import codec, scripts
from adapters.redis.connection import MAX_WAIT_SECONDS, StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from domain.conversations.activity import Activity

MAX_READ = 100
MAX_WRITTEN = 200
# Each watcher that reads has a connection. Those above the limit wait for their turn.
MAX_READING = 50
STREAM_ID = re.compile(r"[0-9]{1,19}(-[0-9]{1,19})?")


@define(kw_only=True, eq=False)
class RedisActivityFeed:
    """Keeps about the last `length` activities.

    Publishing does not wait for the store: activities are written in the background, many at once.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    length: int = 10_000
    _unwritten: deque[bytes] = field(init=False)
    _reading: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_READING), init=False)
    _writer: "asyncio.Task[None] | None" = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._unwritten = deque(maxlen=self.length)

    async def publish(self, *, activities: Sequence[Activity]) -> None:
        self._unwritten.extend(map(codec.dump_activity, activities))
        if self._writer is None or self._writer.done():
            self._writer = self.store.in_background(self._write())

    async def _write(self) -> None:
        while self._unwritten:
            batch = [self._unwritten.popleft() for _ in range(min(MAX_WRITTEN, len(self._unwritten)))]
            with contextlib.suppress(StoreUnavailableError):
                await self.store.run(scripts.PUBLISH, [self.keys.shared("feed")], [self.length, *batch])

    async def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        name = self.keys.shared("feed")
        position = after if after and STREAM_ID.fullmatch(after) else await self.newest()
        while True:
            options = ("COUNT", MAX_READ, "BLOCK", int(MAX_WAIT_SECONDS * 1000))
            async with self._reading:
                streams = await self.store.read(name, "XREAD", *options, "STREAMS", name, position)
            for _, entries in streams:
                for entry, fields in entries:
                    position = entry
                    if (activity := _read(fields)) is not None:
                        yield entry, activity

    async def newest(self) -> str:
        """The id of the newest activity. With "$" instead, activities between two reads would be missed."""
        with translated():
            entries: Any = await self.store.commands.xrevrange(self.keys.shared("feed"), count=1)
        return str(entries[0][0]) if entries else "0-0"


def _read(fields: Mapping[str, str]) -> Activity | None:
    """The activity, or None when it is damaged or a later version wrote it: the stream must go on."""
    try:
        return codec.load_activity(fields["activity"])
    except codec.DECODE_ERRORS:
        return None
