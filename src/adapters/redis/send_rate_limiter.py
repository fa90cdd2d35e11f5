"""SendRateLimiter on Redis: credit by the store's own time, so that all processes spend the same."""

import time
from typing import Any

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.send_rate_limiter import CreditRequest
from domain.people.person import Conversation
from domain.policies.send_rate import MAX_WAIT_SECONDS, SLOT_KEPT_SECONDS, SendRate, SendRates

MICROSECONDS = 1_000_000
# For a turn that comes back to its place too late: after an outage, or the breakdown of a worker.
PLACE_KEPT_SECONDS = 600


@frozen(kw_only=True)
class RedisSendRateLimiter:
    """`_lines`: until when (monotonic) each account has a line, as of the latest call of this process."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    _lines: dict[str, float] = field(factory=dict, init=False)

    async def line_up(self, *, conversation: Conversation, turn_id: str, send_rates: SendRates, received: int) -> float:
        if self._lines.get(conversation.channel, 0.0) <= time.monotonic():
            return 0.0
        request = CreditRequest(conversation=conversation, turn_id=turn_id, send_rates=send_rates, received=received)
        return await self._run(request, self._call(request, messages=0, only_line=True))

    async def take(self, request: CreditRequest) -> float:
        return await self._run(request, self.take_call(request))

    def take_call(self, request: CreditRequest) -> scripts.ScriptCall:
        """`take`, to travel with other calls. `wait_of` reads its answer."""
        return self._call(request, messages=1 + request.received)

    def wait_of(self, request: CreditRequest, answer: Any) -> float:
        wait, line = answer
        self._lines[request.conversation.channel] = time.monotonic() + line / MICROSECONDS
        return float(wait / MICROSECONDS)

    async def _run(self, request: CreditRequest, call: scripts.ScriptCall) -> float:
        return self.wait_of(request, await self.store.run(call.script, call.keys, call.arguments))

    def _call(self, request: CreditRequest, *, messages: int, only_line: bool = False) -> scripts.ScriptCall:
        arguments: list[scripts.Argument] = [
            request.turn_id,
            *_limits(request.send_rates.person),
            *_limits(request.send_rates.account),
            messages,
            request.parts + request.received,
            _microseconds(MAX_WAIT_SECONDS),
            _microseconds(SLOT_KEPT_SECONDS),
            _microseconds(PLACE_KEPT_SECONDS),
            int(only_line),
        ]
        account = self._account(request.conversation.channel)
        keys = [_person(account, request.conversation), account]
        return scripts.ScriptCall(scripts.TAKE_CREDIT, keys, arguments)

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        person = _person(self._account(conversation.channel), conversation)
        await self.store.run(scripts.BACK_OFF, [person], [_microseconds(seconds)])

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        await self.store.run(scripts.BACK_OFF, [self._account(channel)], [_microseconds(seconds)])

    def _account(self, channel: str) -> str:
        return self.keys.shared(f"send_rate:{{{channel}}}")


def _person(account: str, conversation: Conversation) -> str:
    """On the same server as the account: both credits are taken in one step, or neither is."""
    return f"{account}:{conversation}"


def _limits(rate: SendRate | None) -> tuple[int, int]:
    return (_microseconds(rate.interval_seconds), rate.burst) if rate else (0, 1)


def _microseconds(seconds: float) -> int:
    return int(seconds * MICROSECONDS)
