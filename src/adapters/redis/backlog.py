"""The backlog on Redis. The ready stream and the later set have every conversation that waits, in order."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.backlog import Backlog, ChannelBacklog
from domain.people.person import channel_of

# Of the ready conversations, and of those that become ready later. Looking at so many takes the store about 1 ms.
LOOKED_AT = 200


@frozen(kw_only=True)
class RedisBacklogReader:
    """Two steps a partition: the first conversations of both lists, and then the age of the oldest message of each."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    looked_at: int = LOOKED_AT

    async def read(self) -> Backlog:
        parts = await asyncio.gather(*map(self._partition, range(self.keys.partitions)))
        counts: Counter[str] = Counter()
        ages: defaultdict[str, list[float]] = defaultdict(list)
        for count_of, ages_of, _ in parts:
            counts.update(count_of)
            for channel, seconds in ages_of:
                ages[channel].append(seconds)
        return Backlog(
            channels={
                channel: ChannelBacklog(conversations=round(count), oldest_seconds=max(ages[channel], default=None))
                for channel, count in counts.items()
            },
            dead_letters=sum(letters for _, _, letters in parts),
        )

    async def _partition(self, partition: int) -> tuple[dict[str, float], list[tuple[str, float]], int]:
        """How many conversations each channel has here, the ages of their messages, and how many dead letters."""
        names = [self.keys.of(partition, name) for name in ("ready", "later", "dead")]
        limit = max(1, self.looked_at // self.keys.partitions)
        ready, first, later, due, letters = await self.store.run(scripts.BACKLOG, names, [limit])
        conversations = [*first, *due]
        if not conversations:
            return {}, [], letters
        keys = [
            self.keys.of(partition, f"{name}:{conversation}")
            for conversation in conversations
            for name in ("mail", "turn")
        ]
        ages = await self.store.run(scripts.OLDEST_RECEIVED, keys, [])
        known = [
            (channel_of(conversation), age / 1000)
            for conversation, age in zip(conversations, ages, strict=True)
            if age >= 0
        ]
        return _added(_shares(first, ready), _shares(due, later)), known, letters


def _shares(conversations: Sequence[str], total: int) -> dict[str, float]:
    """`total` divided among the channels as these conversations are."""
    counts = Counter(map(channel_of, conversations))
    return {channel: count * total / len(conversations) for channel, count in counts.items()}


def _added(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {channel: one.get(channel, 0) + other.get(channel, 0) for channel in itertools.chain(one, other)}
