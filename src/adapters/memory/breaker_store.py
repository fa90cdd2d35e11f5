"""BreakerStore in memory."""

import time

from attrs import define, field

from application.ports.breaker_store import MAX_BACKOFF_FACTOR, Breaker, State


@define(kw_only=True)
class _Open:
    since: float
    reason: str = ""
    until: float = 0.0
    trials: int = 0
    has_trial: bool = False


@define(kw_only=True)
class MemoryBreakerStore:
    """`trial_seconds` is how long a caller has for its trial before another one may try."""

    trial_seconds: float = 10.0
    _open: dict[str, _Open] = field(factory=dict)

    async def open(self, *, channel: str, reason: str, seconds: float) -> bool:
        was_closed = channel not in self._open
        breaker = self._open.setdefault(channel, _Open(since=time.time()))
        breaker.trials += breaker.has_trial
        breaker.has_trial = False
        breaker.reason = reason
        breaker.until = time.time() + seconds * min(2**breaker.trials, MAX_BACKOFF_FACTOR)
        return was_closed

    async def try_acquire(self, *, channel: str) -> Breaker:
        status = await self.status(channel=channel)
        if status.state is State.HALF_OPEN:
            breaker = self._open[channel]
            breaker.until = time.time() + self.trial_seconds
            breaker.has_trial = True
        return status

    async def status(self, *, channel: str) -> Breaker:
        if (breaker := self._open.get(channel)) is None:
            return Breaker()
        seconds = max(0.0, breaker.until - time.time())
        state = State.OPEN if seconds else State.HALF_OPEN
        return Breaker(state=state, reason=breaker.reason, since=breaker.since, seconds=seconds)

    async def close(self, *, channel: str) -> bool:
        return self._open.pop(channel, None) is not None
