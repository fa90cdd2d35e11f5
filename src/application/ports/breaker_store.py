"""Keeps the circuit breakers of all channels, for all processes together."""

from enum import StrEnum
from typing import Protocol

from attrs import frozen

# An open breaker stays open for twice as long after each trial that failed, up to this factor.
MAX_BACKOFF_FACTOR = 10


class State(StrEnum):
    """CLOSED: messages go out. OPEN: they wait. HALF_OPEN: one message goes out, as a trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@frozen(kw_only=True)
class Breaker:
    """The state of one channel's circuit breaker.

    Unless it is closed: `reason` says why, `since` when it was opened (unix seconds). While it is open, the next trial
    may begin in `seconds`.
    """

    state: State = State.CLOSED
    reason: str = ""
    since: float = 0.0
    seconds: float = 0.0


class BreakerStore(Protocol):
    """One circuit breaker a channel; closed until it is opened. All raise `StoreUnavailableError`."""

    async def open(self, *, channel: str, reason: str, seconds: float) -> bool:
        """Open the breaker for so many seconds. Returns whether it was closed.

        After each trial that failed it opens for twice as long, up to `MAX_BACKOFF_FACTOR` times `seconds`: some
        channels count each attempt against us.
        """
        ...

    async def try_acquire(self, *, channel: str) -> Breaker:
        """Ask for permission to send.

        Returns CLOSED when everybody may send. When the breaker was open for its time, exactly one caller gets
        HALF_OPEN and makes the trial send. All others get OPEN and the time to wait. When the caller does not report
        the result of its trial for a while, another one gets HALF_OPEN.
        """
        ...

    async def status(self, *, channel: str) -> Breaker:
        """The state, for those who do not want to send. Returns HALF_OPEN while the next caller may make the trial."""
        ...

    async def close(self, *, channel: str) -> bool:
        """Close the breaker. Returns whether it was open."""
        ...
