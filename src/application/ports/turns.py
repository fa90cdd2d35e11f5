"""The progress of a conversation's turn, step by step."""

import datetime as dt
from typing import Protocol

from attrs import field, frozen

from application.ports.breaker_store import Breaker
from application.ports.leases import Claim
from application.ports.turn_changes import TurnChanges
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.policies.budget import BudgetScope, Spending
from domain.policies.rate_limit import RateLog


class UnreadableTurnError(Exception):
    """The stored turn is not in this version's format. A later version may have written it."""


@frozen(kw_only=True)
class BegunTurn:
    """A turn, and what must be known to answer it.

    `breaker` is only looked at: no trial send is taken by it. `spent` is what was spent on the day that was asked for.
    """

    turn: Turn
    state: ConversationState
    rate_log: RateLog
    breaker: Breaker
    spent: Spending = field(factory=Spending)


@frozen(kw_only=True)
class SavedReply:
    """The present state of the conversation, and the budgets of which so much is used now that it must be told.

    `wait` is the answer to `changes.credit`; None when the limiter was not asked, or cannot be reached.
    """

    state: ConversationState
    warnings: tuple[BudgetScope, ...] = ()
    wait: float | None = None


class Turns(Protocol):
    """Each method is one atomic step and one round trip. It is safe to repeat when its outcome was not seen.

    A step stores `changes` together with its own. All raise `StoreUnavailableError` when the store cannot be reached or
    refuses. All raise `LeaseLostError` when the claim no longer holds, and then change nothing but `changes.words`.
    """

    async def begin(self, *, claim: Claim, spent_on: dt.date | None = None) -> BegunTurn | None:
        """Return the turn under way, or a new turn of the waiting messages.

        Returns None when nothing waits. The claim is settled then. With a day, what was spent on it comes along.

        Raises:
            UnreadableTurnError: the stored turn cannot be read. Only `dead_letter` helps.
        """
        ...

    async def save_reply(self, *, claim: Claim, reply: Reply, changes: TurnChanges | None = None) -> SavedReply:
        """Store the reply before any part of it is sent. From now on the agent does not run again for this turn.

        With it, `changes.proposals` are stored as open ones. Of a budget, each day is warned about once.
        """
        ...

    async def record_sent(self, *, claim: Claim, changes: TurnChanges) -> ConversationState:
        """Record `changes.sent` while more parts follow. The last part is recorded by the step that ends the turn.

        Returns the present state of the conversation.
        """
        ...

    async def complete(self, *, claim: Claim, changes: TurnChanges | None = None) -> None:
        """End the turn. The conversation goes to the end of the queue when more messages wait, else it is forgotten."""
        ...

    async def retry_later(
        self,
        *,
        claim: Claim,
        after_seconds: float,
        error: str,
        unconfirmed: UnconfirmedSend | None = None,
        changes: TurnChanges | None = None,
    ) -> None:
        """Try the same turn again later.

        With `unconfirmed` the turn waits for the confirmation of that send. If the send is confirmed already, the turn
        is ready at once and no failure is counted.
        """
        ...

    async def defer(self, *, claim: Claim, after_seconds: float, changes: TurnChanges | None = None) -> None:
        """Go on with the turn later. Nothing failed, so no failure is counted."""
        ...

    async def dead_letter(self, *, claim: Claim, reason: str, changes: TurnChanges | None = None) -> int:
        """Move the turn, with its progress, to the dead letters. The conversation goes on as after `complete`.

        Returns how many of the oldest dead letters were dropped, because only so many are kept.
        """
        ...
