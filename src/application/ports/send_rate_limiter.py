"""Limits how fast messages are sent, across all processes, before the channel refuses them."""

from typing import Protocol

from domain.people.person import Conversation
from domain.policies.send_rate import SendRates


class SendRateLimiter(Protocol):
    """Credit for each person and each number. All raise `StoreUnavailableError`."""

    async def take(self, *, conversation: Conversation, send_rates: SendRates, received: int = 0) -> float:
        """Seconds until the next message to this person may be sent. 0: send it now, it is counted.

        `received` messages are counted for the number too: a channel may limit both together.
        """
        ...

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        """Send nothing to this person for so long: the channel refused a message because there were too many."""
        ...

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        """Send nothing from this number for so long: the channel refused a message because there were too many."""
        ...
