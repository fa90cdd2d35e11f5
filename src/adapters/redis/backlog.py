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
class _LookedAt:
    """One conversation: the age of its oldest message (ms), negative where that is not known, and its messages."""

    channel: str
    age_ms: float
    messages: int


@frozen(kw_only=True)
class RedisBacklogReader:
    """Two steps a partition: the first conversations of both lists, and then what waits in each of them."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    looked_at: int = LOOKED_AT

    async def read(self) -> Backlog:
        parts = await asyncio.gather(*map(self._partition, range(self.keys.partitions)))
        counts: Counter[str] = Counter()
        looked_at: defaultdict[str, list[_LookedAt]] = defaultdict(list)
        for count_of, looked_at_of, _ in parts:
            counts.update(count_of)
            for conversation in looked_at_of:
                looked_at[conversation.channel].append(conversation)
        return Backlog(
            channels={channel: _of_channel(count, looked_at[channel]) for channel, count in counts.items()},
            dead_letters=sum(letters for _, _, letters in parts),
        )

    async def _partition(self, partition: int) -> tuple[dict[str, float], list[_LookedAt], int]:
        """How many conversations each channel has here, those that were looked at, and how many dead letters."""
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
        found = await self.store.run(scripts.WAITING, keys, [])
        looked_at = [
            _LookedAt(channel=channel_of(conversation), age_ms=age, messages=messages)
            for conversation, (age, messages) in zip(conversations, found, strict=True)
        ]
        return _added(_shares(first, ready), _shares(due, later)), looked_at, letters


def _of_channel(conversations: float, looked_at: Sequence[_LookedAt]) -> ChannelBacklog:
    """`conversations` wait in the channel, and these of them were looked at."""
    oldest_ms = max((each.age_ms for each in looked_at if each.age_ms >= 0), default=None)
    return ChannelBacklog(
        conversations=round(conversations),
        messages=round(conversations * sum(each.messages for each in looked_at) / len(looked_at)),
        oldest_seconds=None if oldest_ms is None else oldest_ms / 1000,
    )


def _shares(conversations: Sequence[str], total: int) -> dict[str, float]:
    """`total` divided among the channels as these conversations are."""
    counts = Counter(map(channel_of, conversations))
    return {channel: count * total / len(conversations) for channel, count in counts.items()}


def _added(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {channel: one.get(channel, 0) + other.get(channel, 0) for channel in itertools.chain(one, other)}
