"""How fast a channel takes messages: a steady rate with some credit (the generic cell rate algorithm)."""

from attrs import field, frozen
from attrs.validators import ge, gt

# A turn that has to wait for no longer waits where it is. Who would wait longer stands in the account's line, and goes
# on when it is their turn: few are under way, however many wait.
MAX_WAIT_SECONDS = 2.0
# A worker that broke down had slots. Whoever goes on with its turns gets new ones, or all would send at once.
SLOT_KEPT_SECONDS = 5.0


@frozen(kw_only=True)
class SendRate:
    """One message every `interval_seconds`, and up to `burst` at once from saved credit."""

    interval_seconds: float = field(validator=gt(0))
    burst: int = field(default=1, validator=ge(1))

    def wait(self, due: float, *, now: float) -> float:
        """Seconds until the next message may go, when `due` is when the credit is whole again (unix seconds)."""
        return max(0.0, due - now - self.interval_seconds * (self.burst - 1))

    def after(self, due: float, *, now: float, messages: int = 1) -> float:
        """When the credit is whole again, once so many messages were sent `now`."""
        return max(due, now) + self.interval_seconds * messages


@frozen(kw_only=True)
class SendRates:
    """The send rate to one person, and from one account in all.

    `counts_received`: the channel counts what people send together with what we send.
    """

    person: SendRate | None = None
    account: SendRate | None = None
    counts_received: bool = False

    def received(self, messages: int) -> int:
        """How many of the messages that were received count."""
        return messages if self.counts_received else 0
