"""The rate log on Redis: one sorted set for each key, with the time of arrival as score."""

import itertools
from collections.abc import Sequence

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from domain.policies.rate_limit import AdmittedMessage


@frozen(kw_only=True)
class RedisRateStore:
    """A cluster spreads the keys, since they have no hash tag in common."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def log(self, *, key: str, since: float) -> tuple[AdmittedMessage, ...]:
        entries = await self.store.execute("ZRANGEBYSCORE", self._name(key), since, "+inf", "WITHSCORES")
        return tuple(AdmittedMessage(id=id_, at=float(at)) for id_, at in itertools.batched(entries, 2))

    async def record(self, *, key: str, hits: Sequence[AdmittedMessage], keep_seconds: float) -> None:
        oldest = max(hit.at for hit in hits) - keep_seconds
        arguments: list[scripts.Argument] = [oldest, int(keep_seconds * 1000)]
        for hit in hits:
            arguments += [hit.at, hit.id]
        await self.store.run(scripts.RECORD_HITS, [self._name(key)], arguments)

    def _name(self, key: str) -> str:
        return self.keys.shared(f"rate:{key}")
