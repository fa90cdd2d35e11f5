"""How many messages of one person reach the agent: a sliding log, so the limit holds in *any* window."""

from collections.abc import Sequence

from attrs import field, frozen
from attrs.validators import gt


@frozen(kw_only=True)
class Hit:
    """One admitted message: its id, and when it arrived (unix seconds)."""

    id: str
    at: float


@frozen(kw_only=True)
class RateLimitPolicy:
    """At most `max_messages` admitted messages in any `window_seconds`."""

    window_seconds: float = field(default=60.0, validator=gt(0))
    max_messages: int = field(default=30, validator=gt(0))

    def admits(self, hit: Hit, *, log: Sequence[Hit]) -> bool:
        """Whether `hit` may pass, given the hits admitted before it; one already in the log passes again.

        A hit exactly one window old no longer counts.
        """
        if any(earlier.id == hit.id for earlier in log):
            return True
        within = sum(1 for earlier in log if hit.at - self.window_seconds < earlier.at <= hit.at)
        return within < self.max_messages

    def admit(self, hits: Sequence[Hit], *, log: Sequence[Hit]) -> tuple[Hit, ...]:
        """Those of `hits` that may pass, each counting towards the ones after it."""
        admitted: list[Hit] = []
        for hit in hits:
            if self.admits(hit, log=[*log, *admitted]):
                admitted.append(hit)
        return tuple(admitted)
