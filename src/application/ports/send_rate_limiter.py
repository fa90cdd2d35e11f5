"""SendRates what is sent, across all processes, before the channel refuses it."""

from typing import Protocol

from attrs import frozen

from domain.people.person import Conversation
from domain.policies.send_rate import SendRates

LONGER_AT_MOST = 10


@frozen(kw_only=True)
class Stop:
    """Why nothing goes out from a number, and in how many seconds somebody may try again."""

    reason: str
    seconds: float


@frozen(kw_only=True)
class StopReport:
    """A stop as people are told of it: `since` in unix seconds, `seconds` until the next message may try."""

    reason: str
    since: float
    seconds: float


class SendRateLimiter(Protocol):
    """All raise `StoreUnavailableError`."""

    async def take(self, *, conversation: Conversation, send_rates: SendRates, received: int = 0) -> float:
        """Seconds until the next message to this person may go; 0: go, and it is counted.

        So are, for the number alone, `received` messages: a channel may limit both together.
        """
        ...

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        """The channel had enough of us for this person: nothing goes to them for so long."""
        ...

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        """The channel had enough of us altogether: nothing goes out from this number for so long."""
        ...

    async def stop(self, *, channel: str, reason: str, seconds: float) -> bool:
        """Nothing goes out from this number for so long; whether it was going until now.

        Twice as long after each try in vain, up to `LONGER_AT_MOST` times: some channels count against us that we ask.
        """
        ...

    async def stopped(self, *, channel: str) -> Stop | None:
        """Whether the number is stopped. When its time is over, one caller is told 0 seconds: it tries, others wait."""
        ...

    async def report(self, *, channel: str) -> StopReport | None:
        """Whether the number is stopped, for those who only want to know: nobody else's try is taken by it."""
        ...

    async def resume(self, *, channel: str) -> bool:
        """The number works again; whether it was stopped."""
        ...
