"""The activity feed on Redis: one stream of bounded length."""

import contextlib
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import LONGEST_WAIT_SECONDS, StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from domain.activity import Activity

READ_AT_ONCE = 100
STREAM_ID = re.compile(r"[0-9]{1,19}(-[0-9]{1,19})?")


@frozen(kw_only=True)
class RedisActivityFeed:
    """Keeps about the last `length` activities."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    length: int = 10_000

    async def publish(self, *, activities: Sequence[Activity]) -> None:
        arguments: list[scripts.Argument] = [self.length, *map(codec.dump_activity, activities)]
        with contextlib.suppress(StoreUnavailableError), translated():
            await scripts.PUBLISH.run(self.store.commands, [self.keys.shared("feed")], arguments)

    async def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        name = self.keys.shared("feed")
        position = after if after and STREAM_ID.fullmatch(after) else await self._newest(name)
        while True:
            with translated():
                streams: Any = await self.store.waiting.xread(
                    {name: position}, count=READ_AT_ONCE, block=int(LONGEST_WAIT_SECONDS * 1000)
                )
            for _, entries in streams:
                for entry, fields in entries:
                    position = entry
                    yield entry, codec.load_activity(fields["activity"])

    async def _newest(self, name: str) -> str:
        """The id to read on from; resolved once, or what happens between two reads would be missed."""
        with translated():
            entries: Any = await self.store.commands.xrevrange(name, count=1)
        return str(entries[0][0]) if entries else "0-0"
