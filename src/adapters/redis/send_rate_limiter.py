"""Sending limits on Redis. They go by the store's clock, so all processes share one limit."""

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.send_rate_limiter import LONGER_AT_MOST, Stop, StopReport
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates

MICROSECONDS = 1_000_000


@frozen(kw_only=True)
class RedisSendRateLimiter:
    """`probe_seconds` is how long a trial send may take before another caller may make one."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    probe_seconds: float = 10.0

    async def take(self, *, conversation: Conversation, send_rates: SendRates, received: int = 0) -> float:
        # The two credits may live on different servers. What the person's gave in vain is returned.
        person = self._person(conversation)
        if wait := await self._take(person, send_rates.person):
            return wait
        wait = await self._take(self._number(conversation.channel), send_rates.number, messages=1 + received)
        if wait and send_rates.person is not None:
            await self.store.run(scripts.RETURN_CREDIT, [person], [_microseconds(send_rates.person.interval_seconds)])
        return wait

    async def _take(self, name: str, rate: SendRate | None, *, messages: int = 1) -> float:
        interval, burst = (rate.interval_seconds, rate.burst) if rate else (0, 1)
        limits: list[scripts.Argument] = [_microseconds(interval), burst, messages]
        wait: int = await self.store.run(scripts.TAKE_CREDIT, [name], limits)
        return wait / MICROSECONDS

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        await self.store.run(scripts.BACK_OFF, [self._person(conversation)], [_microseconds(seconds)])

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        await self.store.run(scripts.BACK_OFF, [self._number(channel)], [_microseconds(seconds)])

    async def stop(self, *, channel: str, reason: str, seconds: float) -> bool:
        arguments: list[scripts.Argument] = [reason, _microseconds(seconds), LONGER_AT_MOST]
        return bool(await self.store.run(scripts.OPEN_BREAKER, [self._breaker(channel)], arguments))

    async def stopped(self, *, channel: str) -> Stop | None:
        stop = await self.store.run(scripts.TRY_BREAKER, [self._breaker(channel)], [_microseconds(self.probe_seconds)])
        return Stop(reason=stop[0], seconds=stop[1] / MICROSECONDS) if stop else None

    async def report(self, *, channel: str) -> StopReport | None:
        stop = await self.store.run(scripts.REPORT_BREAKER, [self._breaker(channel)], [])
        if not stop:
            return None
        reason, since, left = stop
        return StopReport(reason=reason, since=since / MICROSECONDS, seconds=left / MICROSECONDS)

    async def resume(self, *, channel: str) -> bool:
        with translated():
            return bool(await self.store.commands.delete(self._breaker(channel)))

    def _person(self, conversation: Conversation) -> str:
        return self.keys.shared(f"send_rate:{conversation}")

    def _number(self, channel: str) -> str:
        return self.keys.shared(f"send_rate:{channel}")

    def _breaker(self, channel: str) -> str:
        return self.keys.shared(f"breaker:{channel}")


def _microseconds(seconds: float) -> int:
    return int(seconds * MICROSECONDS)
