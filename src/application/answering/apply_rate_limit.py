"""Decide which messages of a turn reach the agent, and whether the person gets a notice about the others."""

from attrs import field, frozen

from domain.messages.inbound import InboundMessage
from domain.policies.rate_limit import Arrival, RateLimitPolicy, RateLog


@frozen(kw_only=True)
class Admission:
    """The messages within the limit, those over it, and whether a notice about them is due.

    `rate_log` is what this adds to the log, which must be kept for `keep_seconds`.
    """

    admitted: tuple[InboundMessage, ...]
    limited: tuple[InboundMessage, ...] = ()
    rate_log: RateLog = field(factory=RateLog)
    keep_seconds: float = 0.0

    @property
    def notice_due(self) -> bool:
        return bool(self.rate_log.notices)


def apply_rate_limit(
    turn_id: str, messages: tuple[InboundMessage, ...], policy: RateLimitPolicy | None, *, log: RateLog
) -> Admission:
    """Apply a channel's rate limit to the messages of a turn. A turn that is tried again gets the same result."""
    if policy is None:
        return Admission(admitted=messages)
    arrivals = [Arrival(id=message.id, at=message.arrived_at) for message in messages]
    passed = policy.admit(arrivals, log=log.messages)
    admitted, limited = messages, messages[:0]
    notices: tuple[Arrival, ...] = ()
    if len(passed) < len(arrivals):
        ids = {arrival.id for arrival in passed}
        admitted = tuple(message for message in messages if message.id in ids)
        limited = tuple(message for message in messages if message.id not in ids)
        # One notice in a window: the notices have a rate limit of their own.
        once = RateLimitPolicy(window_seconds=policy.window_seconds, max_messages=1)
        notices = once.admit([Arrival(id=turn_id, at=limited[-1].arrived_at)], log=log.notices)
    times = [arrival.at for arrival in arrivals]
    return Admission(
        admitted=admitted,
        limited=limited,
        rate_log=RateLog(messages=passed, notices=notices),
        # Kept long enough for a retry of this turn, which judges its first message again.
        keep_seconds=2 * policy.window_seconds + max(times) - min(times),
    )
