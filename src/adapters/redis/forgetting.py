"""Sessions whose memory is to be cleared, on Redis: a set of each partition, ordered by when they are due."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.forgetting import OldSession

# Of one partition. Beyond that, those that are due first are dropped.
MAX_SESSIONS_KEPT = 10_000


@frozen(kw_only=True)
class RedisForgetting:
    """A session is in the partition of its conversation, or, when no turn comes with it, in that of its own id."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def add(self, *, sessions: Sequence[OldSession]) -> None:
        by_partition: defaultdict[int, list[OldSession]] = defaultdict(list)
        for session in sessions:
            by_partition[self.keys.partition_of(session.session_id)].append(session)
        calls = (
            self.store.run(scripts.ADD_OLD_SESSIONS, [self.key(partition)], [codec.dump_record(self.record(theirs))])
            for partition, theirs in by_partition.items()
        )
        await asyncio.gather(*calls)

    async def due(self, *, limit: int, retry_seconds: float) -> tuple[OldSession, ...]:
        each = math.ceil(limit / self.keys.partitions)
        arguments: list[scripts.Argument] = [each, int(retry_seconds * 1000)]
        found = await asyncio.gather(
            *(
                self.store.run(scripts.DUE_SESSIONS, [self.key(partition)], list(arguments))
                for partition in range(self.keys.partitions)
            )
        )
        sessions = []
        for partition, members in enumerate(found):
            for member in members:
                try:
                    sessions.append(msgspec.json.decode(member, type=OldSession))
                except (msgspec.DecodeError, UnicodeError):
                    await self.store.execute("ZREM", self.key(partition), member)  # nobody can tell whose it was
        return tuple(sessions)

    async def done(self, *, session: OldSession) -> None:
        member = _dump(session)
        calls = (self.store.execute("ZREM", self.key(partition), member) for partition in range(self.keys.partitions))
        await asyncio.gather(*calls)

    def key(self, partition: int) -> str:
        return self.keys.of(partition, "forget")

    def record(self, sessions: Sequence[OldSession]) -> dict[str, object]:
        """What `forget.lua` takes."""
        return {"sessions": [_dump(session).decode() for session in sessions], "max": MAX_SESSIONS_KEPT}


def _dump(session: OldSession) -> bytes:
    return msgspec.json.encode(session)
