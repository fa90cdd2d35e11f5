"""The rate log on Redis: a sorted set for each key, scored by arrival."""

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from domain.rate_limit import Hit


@frozen(kw_only=True)
class RedisRateStore:
    """Keys share the hash tag of their own text, so that a cluster spreads them."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def log(self, *, key: str, since: float) -> tuple[Hit, ...]:
        with translated():
            entries: Any = await self.store.commands.zrangebyscore(self._name(key), since, "+inf", withscores=True)
        return tuple(Hit(id=id_, at=at) for id_, at in entries)

    async def record(self, *, key: str, hits: Sequence[Hit], keep_seconds: float) -> None:
        name = self._name(key)
        latest = max(hit.at for hit in hits)
        with translated():
            async with self.store.commands.pipeline(transaction=True) as pipeline:
                pipeline.zadd(name, {hit.id: hit.at for hit in hits})
                pipeline.zremrangebyscore(name, "-inf", f"({latest - keep_seconds}")
                pipeline.pexpire(name, int(keep_seconds * 1000))
                await pipeline.execute()

    def _name(self, key: str) -> str:
        return self.keys.shared(f"rate:{key}")
