"""The rate log on Redis: one sorted set for each key, with the time of arrival as score."""

import itertools
from collections.abc import Sequence

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from domain.policies.rate_limit import Arrival


@frozen(kw_only=True)
class RedisRateStore:
    """A cluster spreads the keys, since they have no hash tag in common."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def log(self, *, key: str, since: float) -> tuple[Arrival, ...]:
        entries = await self.store.execute("ZRANGEBYSCORE", self._name(key), since, "+inf", "WITHSCORES")
        return tuple(Arrival(id=id_, at=float(at)) for id_, at in itertools.batched(entries, 2))

    async def record(self, *, key: str, admitted: Sequence[Arrival], keep_seconds: float) -> None:
        oldest = max(message.at for message in admitted) - keep_seconds
        arguments: list[scripts.Argument] = [oldest, int(keep_seconds * 1000)]
        for message in admitted:
            arguments += [message.at, message.id]
        await self.store.run(scripts.RECORD_ADMITTED, [self._name(key)], arguments)

    def _name(self, key: str) -> str:
        return self.keys.shared(f"rate:{key}")
