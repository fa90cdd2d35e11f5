"""The pacer in memory."""

import time
from collections import defaultdict

from attrs import define, field

from application.ports.pacer import Stop
from domain.conversations import Conversation
from domain.pacing import Pace, Paces


@define(kw_only=True)
class MemoryPacer:
    probe_seconds: float = 10.0
    _due: defaultdict[str, float] = field(factory=lambda: defaultdict(float))
    _held: dict[str, float] = field(factory=dict)
    _stops: dict[str, tuple[str, float]] = field(factory=dict)

    async def take(self, *, conversation: Conversation, paces: Paces, heard: int = 0) -> float:
        now, person = time.time(), str(conversation)
        wait = max(
            self._held.get(person, now) - now,
            self._wait(person, paces.person, now),
            self._wait(conversation.channel, paces.number, now),
        )
        if wait <= 0:
            self._spend(person, paces.person, now)
            self._spend(conversation.channel, paces.number, now, messages=1 + heard)
        return max(0.0, wait)

    def _wait(self, name: str, pace: Pace | None, now: float) -> float:
        return pace.wait(self._due[name], now=now) if pace else 0.0

    def _spend(self, name: str, pace: Pace | None, now: float, *, messages: int = 1) -> None:
        if pace:
            self._due[name] = pace.after(self._due[name], now=now, messages=messages)

    async def slow(self, *, conversation: Conversation, seconds: float) -> None:
        name = str(conversation)
        self._held[name] = max(self._held.get(name, 0.0), time.time() + seconds)

    async def stop(self, *, channel: str, reason: str, seconds: float) -> bool:
        went = channel not in self._stops
        self._stops[channel] = reason, time.time() + seconds
        return went

    async def stopped(self, *, channel: str) -> Stop | None:
        if channel not in self._stops:
            return None
        (reason, until), now = self._stops[channel], time.time()
        if until > now:
            return Stop(reason=reason, seconds=until - now)
        self._stops[channel] = reason, now + self.probe_seconds
        return Stop(reason=reason, seconds=0.0)

    async def resume(self, *, channel: str) -> bool:
        return self._stops.pop(channel, None) is not None
