"""How many messages of one person reach the agent. A sliding log: the limit holds in *any* window."""

from collections.abc import Sequence

from attrs import field, frozen
from attrs.validators import gt


@frozen(kw_only=True)
class AdmittedMessage:
    """One admitted message: its id, and when it arrived (unix seconds)."""

    id: str
    at: float


@frozen(kw_only=True)
class RateLog:
    """What was admitted in one conversation, oldest first: messages, and notices about messages over the limit."""

    messages: tuple[AdmittedMessage, ...] = ()
    notices: tuple[AdmittedMessage, ...] = ()


@frozen(kw_only=True)
class RateLimitPolicy:
    """At most `max_messages` admitted messages in any `window_seconds`."""

    window_seconds: float = field(default=60.0, validator=gt(0))
    max_messages: int = field(default=30, validator=gt(0))

    def admits(self, hit: AdmittedMessage, *, log: Sequence[AdmittedMessage]) -> bool:
        """Whether `hit` may pass, given the hits admitted before it; one already in the log passes again.

        A hit exactly one window old no longer counts. Hits may be judged out of their order in time, so windows
        that end after `hit` are looked at too.
        """
        if any(other.id == hit.id for other in log):
            return True
        later = (other.at for other in log if other.at - self.window_seconds < hit.at < other.at)
        return all(self._within_window(end, log) < self.max_messages for end in (hit.at, *later))

    def admit(self, hits: Sequence[AdmittedMessage], *, log: Sequence[AdmittedMessage]) -> tuple[AdmittedMessage, ...]:
        """Those of `hits` that may pass, each counting towards the ones after it."""
        admitted: list[AdmittedMessage] = []
        for hit in hits:
            if self.admits(hit, log=[*log, *admitted]):
                admitted.append(hit)
        return tuple(admitted)

    def _within_window(self, end: float, log: Sequence[AdmittedMessage]) -> int:
        return sum(1 for other in log if end - self.window_seconds < other.at <= end)
