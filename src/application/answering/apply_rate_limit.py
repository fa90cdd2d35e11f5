"""Decide which messages of a turn reach the agent, and whether the person gets a notice about the others."""

from attrs import frozen

from application.ports.rate_store import RateStore
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.policies.rate_limit import Arrival, RateLimitPolicy


@frozen(kw_only=True)
class Admission:
    """The messages within the limit, those over it, and whether a notice about them is due."""

    admitted: tuple[InboundMessage, ...]
    limited: tuple[InboundMessage, ...] = ()
    notice_due: bool = False


@frozen(kw_only=True)
class ApplyRateLimit:
    """Apply a channel's rate limit. A turn that is tried again gets the same result."""

    rates: RateStore

    async def __call__(self, *, turn: Turn, policy: RateLimitPolicy | None) -> Admission:
        if policy is None:
            return Admission(admitted=turn.messages)
        arrivals = [Arrival(id=message.id, at=message.arrived_at) for message in turn.messages]
        admitted = {arrival.id for arrival in await self._admit(f"messages:{turn.conversation}", arrivals, policy)}
        limited = tuple(message for message in turn.messages if message.id not in admitted)
        return Admission(
            admitted=tuple(message for message in turn.messages if message.id in admitted),
            limited=limited,
            notice_due=bool(limited) and await self._notice_due(turn, limited[-1], policy),
        )

    async def _notice_due(self, turn: Turn, latest: InboundMessage, policy: RateLimitPolicy) -> bool:
        """One notice in a window: the notices have a rate limit of their own."""
        once = RateLimitPolicy(window_seconds=policy.window_seconds, max_messages=1)
        notice = Arrival(id=turn.id, at=latest.arrived_at)
        return bool(await self._admit(f"notices:{turn.conversation}", [notice], once))

    async def _admit(self, key: str, arrivals: list[Arrival], policy: RateLimitPolicy) -> tuple[Arrival, ...]:
        times = [arrival.at for arrival in arrivals]
        log = await self.rates.log(key=key, since=min(times) - policy.window_seconds)
        admitted = policy.admit(arrivals, log=log)
        if admitted:
            # Kept long enough for a retry of this turn, which judges its first message again.
            keep_seconds = 2 * policy.window_seconds + max(times) - min(times)
            await self.rates.record(key=key, admitted=admitted, keep_seconds=keep_seconds)
        return admitted
