"""PollLeases on Redis: a key for each channel whose updates are fetched. It expires."""

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys


@frozen(kw_only=True)
class RedisPollLeases:
    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def hold(self, *, channel: str, holder: str, seconds: float) -> bool:
        arguments: list[scripts.Argument] = [holder, int(seconds * 1000)]
        return bool(await self.store.run(scripts.HOLD_POLL_LEASE, [self._name(channel)], arguments))

    async def release(self, *, channel: str, holder: str) -> None:
        await self.store.run(scripts.RELEASE_POLL_LEASE, [self._name(channel)], [holder])

    def _name(self, channel: str) -> str:
        return self.keys.shared(f"poller:{channel}")
