"""Limits how fast messages are sent, across all processes, before the channel refuses them."""

from typing import Protocol

from attrs import frozen

from domain.people.person import Conversation
from domain.policies.send_rate import SendRates


@frozen(kw_only=True)
class CreditRequest:
    """A turn asks for credit, for its next part.

    `received` messages are counted for the account too, where the channel limits both together. `parts` are left to
    send, with this one: the turn stands in the account's line once for all of them.
    """

    conversation: Conversation
    turn_id: str
    send_rates: SendRates
    received: int = 0
    parts: int = 1


class SendRateLimiter(Protocol):
    """Credit for each person and each account. All raise `StoreUnavailableError`.

    A turn that must wait learns in one call how long. It asks again at that time, not before. What it was promised
    belongs to the turn and not to the process: asked again for the same turn, the answer is the same, and nothing is
    counted twice. A turn that never comes back costs the account one message that could have been sent.
    """

    async def line_up(self, *, conversation: Conversation, turn_id: str, send_rates: SendRates, received: int) -> float:
        """Seconds until it makes sense to run the agent for this turn. 0: run it now.

        It is more than 0 only when other turns wait in the account's line. Then this turn stands behind them, with room
        for one part and the `received` messages, and `take` serves it when it comes back. While nobody waits, as far as
        this process knows, it does not ask the store.
        """
        ...

    async def take(self, request: CreditRequest) -> float:
        """Seconds until the next part of this turn may be sent. 0: send it now, it is counted.

        Who waits for the account is served in the order of their first call, and nobody overtakes the line.
        """
        ...

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        """Send nothing to this person for so long: the channel refused a message because there were too many."""
        ...

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        """Send nothing from this account for so long: the channel refused a message because there were too many."""
        ...
