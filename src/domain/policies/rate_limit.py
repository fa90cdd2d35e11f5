"""How many messages of one person reach the agent. A sliding log: the limit holds in *any* window."""

from collections.abc import Sequence

from attrs import field, frozen
from attrs.validators import gt


@frozen(kw_only=True)
class Arrival:
    """A message as the rate limit sees it: its id, and when it arrived (unix seconds)."""

    id: str
    at: float


@frozen(kw_only=True)
class RateLog:
    """What was admitted in one conversation, oldest first: messages, and notices about messages over the limit."""

    messages: tuple[Arrival, ...] = ()
    notices: tuple[Arrival, ...] = ()


@frozen(kw_only=True)
class RateLimitPolicy:
    """At most `max_messages` admitted messages in any `window_seconds`."""

    window_seconds: float = field(default=60.0, validator=gt(0))
    max_messages: int = field(default=30, validator=gt(0))

    def admits(self, arrival: Arrival, *, log: Sequence[Arrival]) -> bool:
        """Whether the message may pass. `log` has those that were admitted before; one of these passes again.

        A message exactly one window old no longer counts. Messages may be judged in another order than they arrived
        in, so windows that end after this one are checked too. Example: the log holds 30 messages of 12:00:10, and
        one of 12:00:00 is judged late. The window that ends at 12:00:10 would hold 31, so it may not pass.
        """
        if any(other.id == arrival.id for other in log):
            return True
        later = (other.at for other in log if other.at - self.window_seconds < arrival.at < other.at)
        return all(self._within_window(end, log) < self.max_messages for end in (arrival.at, *later))

    def admit(self, arrivals: Sequence[Arrival], *, log: Sequence[Arrival]) -> tuple[Arrival, ...]:
        """Those of `arrivals` that may pass. Each of them counts when the next one is judged."""
        if len(log) + len(arrivals) <= self.max_messages:
            return tuple(arrivals)  # fewer than one window may hold
        admitted: list[Arrival] = []
        for arrival in arrivals:
            if self.admits(arrival, log=[*log, *admitted]):
                admitted.append(arrival)
        return tuple(admitted)

    def _within_window(self, end: float, log: Sequence[Arrival]) -> int:
        return sum(1 for other in log if end - self.window_seconds < other.at <= end)
