"""The pacer in memory."""

import time
from collections import defaultdict

from attrs import define, field

from application.ports.send_rate_limiter import LONGER_AT_MOST, Stop, StopReport
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates


@define(kw_only=True)
class MemorySendRateLimiter:
    probe_seconds: float = 10.0
    _due: defaultdict[str, float] = field(factory=lambda: defaultdict(float))
    _held: dict[str, float] = field(factory=dict)
    _stops: dict[str, tuple[str, float]] = field(factory=dict)
    _since: dict[str, float] = field(factory=dict)
    _tried: set[str] = field(factory=set)
    _tries: defaultdict[str, int] = field(factory=lambda: defaultdict(int))

    async def take(self, *, conversation: Conversation, send_rates: SendRates, received: int = 0) -> float:
        now, person = time.time(), str(conversation)
        wait = max(
            self._held.get(person, now) - now,
            self._held.get(conversation.channel, now) - now,
            self._wait(person, send_rates.person, now),
            self._wait(conversation.channel, send_rates.number, now),
        )
        if wait <= 0:
            self._spend(person, send_rates.person, now)
            self._spend(conversation.channel, send_rates.number, now, messages=1 + received)
        return max(0.0, wait)

    def _wait(self, name: str, pace: SendRate | None, now: float) -> float:
        return pace.wait(self._due[name], now=now) if pace else 0.0

    def _spend(self, name: str, pace: SendRate | None, now: float, *, messages: int = 1) -> None:
        if pace:
            self._due[name] = pace.after(self._due[name], now=now, messages=messages)

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        name = str(conversation)
        self._held[name] = max(self._held.get(name, 0.0), time.time() + seconds)

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        self._held[channel] = max(self._held.get(channel, 0.0), time.time() + seconds)

    async def stop(self, *, channel: str, reason: str, seconds: float) -> bool:
        went = channel not in self._stops
        self._since.setdefault(channel, time.time())
        if channel in self._tried:
            self._tried.discard(channel)
            self._tries[channel] += 1
        longer = min(2 ** self._tries[channel], LONGER_AT_MOST)
        self._stops[channel] = reason, time.time() + seconds * longer
        return went

    async def stopped(self, *, channel: str) -> Stop | None:
        if channel not in self._stops:
            return None
        (reason, until), now = self._stops[channel], time.time()
        if until > now:
            return Stop(reason=reason, seconds=until - now)
        self._stops[channel] = reason, now + self.probe_seconds
        self._tried.add(channel)
        return Stop(reason=reason, seconds=0.0)

    async def report(self, *, channel: str) -> StopReport | None:
        if channel not in self._stops:
            return None
        reason, until = self._stops[channel]
        return StopReport(reason=reason, since=self._since[channel], seconds=max(0.0, until - time.time()))

    async def resume(self, *, channel: str) -> bool:
        self._since.pop(channel, None)
        self._tried.discard(channel)
        self._tries.pop(channel, None)
        return self._stops.pop(channel, None) is not None
