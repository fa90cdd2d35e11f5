"""SendRateLimiter in memory."""

import time
from collections import defaultdict

from attrs import define, field

from application.ports.send_rate_limiter import CreditRequest
from domain.people.person import Conversation
from domain.policies.send_rate import MAX_WAIT_SECONDS, SLOT_KEPT_SECONDS, SendRate, SendRates


@define
class _Waiting:
    """What was promised to a turn: when it comes back from the line, and when its next message goes."""

    turn_id: str
    place_at: float | None = None
    slot_at: float | None = None


@define(kw_only=True)
class MemorySendRateLimiter:
    _due: defaultdict[str, float] = field(factory=lambda: defaultdict(float))
    _held: dict[str, float] = field(factory=dict)
    _lines: defaultdict[str, float] = field(factory=lambda: defaultdict(float))
    _waiting: dict[Conversation, _Waiting] = field(factory=dict)

    async def line_up(self, *, conversation: Conversation, turn_id: str, send_rates: SendRates, received: int) -> float:
        return self._line_up(self._of(conversation, turn_id), conversation.channel, send_rates.account, 1 + received)

    async def take(self, request: CreditRequest) -> float:
        conversation, send_rates, received = request.conversation, request.send_rates, request.received
        now, person, channel, room = time.time(), str(conversation), conversation.channel, request.parts + received
        if wait := self._wait(person, send_rates.person, now):
            return wait
        waiting = self._of(conversation, request.turn_id)
        if waiting.slot_at is not None and now - waiting.slot_at > SLOT_KEPT_SECONDS:
            waiting.place_at, waiting.slot_at = waiting.slot_at, None
        if waiting.slot_at is None and (wait := self._line_up(waiting, channel, send_rates.account, room)):
            return wait
        if waiting.slot_at is None:
            waiting.slot_at = now + self._wait(channel, send_rates.account, now)
            self._spend(channel, send_rates.account, max(now, self._held.get(channel, 0.0)), messages=1 + received)
        if (wait := max(waiting.slot_at, self._held.get(channel, 0.0)) - now) > 0:
            return wait
        waiting.slot_at = None
        self._spend(person, send_rates.person, now)
        return 0.0

    def _of(self, conversation: Conversation, turn_id: str) -> _Waiting:
        waiting = self._waiting.get(conversation)
        if waiting is None or waiting.turn_id != turn_id:
            waiting = self._waiting[conversation] = _Waiting(turn_id)
        return waiting

    def _line_up(self, waiting: _Waiting, channel: str, rate: SendRate | None, room: int) -> float:
        """Give a place in the line, where there is one or the credit is used up for long."""
        now = time.time()
        line = self._lines[channel] if rate else 0.0
        if waiting.place_at is None:
            wait = self._wait(channel, rate, now)
            if line <= now and wait <= MAX_WAIT_SECONDS:
                return 0.0
            waiting.place_at = max(line, now + wait)
            self._lines[channel] = waiting.place_at + (rate.interval_seconds * room if rate else 0.0)
        return max(0.0, waiting.place_at - now)

    def _wait(self, name: str, rate: SendRate | None, now: float) -> float:
        return max(0.0, self._held.get(name, now) - now, rate.wait(self._due[name], now=now) if rate else 0.0)

    def _spend(self, name: str, rate: SendRate | None, now: float, *, messages: int = 1) -> None:
        if rate:
            self._due[name] = rate.after(self._due[name], now=now, messages=messages)

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        name = str(conversation)
        self._held[name] = max(self._held.get(name, 0.0), time.time() + seconds)

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        self._held[channel] = max(self._held.get(channel, 0.0), time.time() + seconds)
