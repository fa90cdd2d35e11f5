"""SendRateLimiter in memory."""

import time
from collections import defaultdict

from attrs import define, field

from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates


@define(kw_only=True)
class MemorySendRateLimiter:
    _due: defaultdict[str, float] = field(factory=lambda: defaultdict(float))
    _held: dict[str, float] = field(factory=dict)

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

    def _wait(self, name: str, rate: SendRate | None, now: float) -> float:
        return rate.wait(self._due[name], now=now) if rate else 0.0

    def _spend(self, name: str, rate: SendRate | None, now: float, *, messages: int = 1) -> None:
        if rate:
            self._due[name] = rate.after(self._due[name], now=now, messages=messages)

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        name = str(conversation)
        self._held[name] = max(self._held.get(name, 0.0), time.time() + seconds)

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        self._held[channel] = max(self._held.get(channel, 0.0), time.time() + seconds)
