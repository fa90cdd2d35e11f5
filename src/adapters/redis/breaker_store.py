"""BreakerStore on Redis: a hash for each breaker that is not closed, timed by the store's own clock."""

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.breaker_store import MAX_BACKOFF_FACTOR, Breaker, State

MICROSECONDS = 1_000_000
CLOSED = Breaker()


@frozen(kw_only=True)
class RedisBreakerStore:
    """`trial_seconds` is how long a caller has for its trial before another one may try."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    trial_seconds: float = 10.0

    async def open(self, *, channel: str, reason: str, seconds: float) -> bool:
        arguments: list[scripts.Argument] = [reason, int(seconds * MICROSECONDS), MAX_BACKOFF_FACTOR]
        return bool(await self.store.run(scripts.OPEN_BREAKER, [self._name(channel)], arguments))

    async def try_acquire(self, *, channel: str) -> Breaker:
        trial_us = int(self.trial_seconds * MICROSECONDS)
        return load_breaker(await self.store.run(scripts.TRY_ACQUIRE, [self._name(channel)], [trial_us]))

    async def status(self, *, channel: str) -> Breaker:
        return load_breaker(await self.store.run(scripts.BREAKER_STATUS, [self._name(channel)], []))

    def exists_command(self, channel: str) -> scripts.Command:
        """Returns 0 for a closed breaker; for every other, `status` says more."""
        return ("EXISTS", self._name(channel))

    async def close(self, *, channel: str) -> bool:
        with translated():
            return bool(await self.store.commands.delete(self._name(channel)))

    def _name(self, channel: str) -> str:
        return self.keys.shared(f"breaker:{channel}")


def load_breaker(found: tuple[str, int, int] | None) -> Breaker:
    """`found`: reason, since when in us, and us until the next trial; None for a closed breaker."""
    if not found:
        return CLOSED
    reason, since, left = found
    state = State.OPEN if left else State.HALF_OPEN
    return Breaker(state=state, reason=reason, since=since / MICROSECONDS, seconds=left / MICROSECONDS)
