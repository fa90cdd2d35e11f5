"""Keeps what agents proposed, decides each proposal once, and remembers what must follow a decision."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from domain.conversations.proposals import Proposal, ProposalState


class UnknownProposalError(LookupError):
    """There is no proposal of that id. It may have been ended so long ago that it was deleted."""


class AlreadyDecidedError(Exception):
    """Somebody decided the proposal before. `proposal` says how."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(proposal.id)
        self.proposal = proposal


@frozen(kw_only=True)
class ProposalDecision:
    """What becomes of a proposal, by whom, when (unix seconds), and why. `by` is empty where nobody decided."""

    state: ProposalState
    by: str = ""
    at: float
    reason: str = ""


@frozen(kw_only=True)
class ProposalsPage:
    """Some proposals, oldest first. `next` is the `after` of the next page; None when there are no more."""

    items: tuple[Proposal, ...]
    next: str | None = None


@frozen(kw_only=True)
class ProposalCounts:
    """How many are open and how many undelivered, and how long the oldest approved one has not been delivered."""

    open: int = 0
    undelivered: int = 0
    oldest_undelivered_seconds: float = 0.0


class Proposals(Protocol):
    """`Turns.save_reply` adds proposals. All methods raise `StoreUnavailableError`.

    A decided proposal is *due* until what follows the decision was done: `settle` ends that. Proposals that were
    decided or have expired are deleted after some weeks, or when too many are kept.
    """

    async def page(
        self,
        *,
        limit: int,
        after: str | None = None,
        states: Sequence[ProposalState] = tuple(ProposalState),
        channel: str | None = None,
        conversation: str | None = None,
    ) -> ProposalsPage:
        """Proposals in one of these states, of this channel and this conversation, those after the id `after`.

        A page may have fewer than `limit` although there are more: only so many are looked at. `next` counts.
        """
        ...

    async def show(self, *, proposal_id: str) -> Proposal:
        """One of them.

        Raises:
            UnknownProposalError: there is none of that id.
        """
        ...

    async def decide(self, *, proposal_id: str, decision: ProposalDecision) -> Proposal:
        """Decide a proposal that is open or undelivered, and make it due. Of two who decide at once, one does.

        An expired one must have been open.

        Raises:
            UnknownProposalError: there is none of that id.
            AlreadyDecidedError: nothing was changed.
        """
        ...

    async def claim_due(self, *, limit: int, seconds: float) -> tuple[Proposal, ...]:
        """Take decided proposals that are due. For so many seconds nobody else gets them; then they are due again."""
        ...

    async def settle(self, *, proposal: Proposal, state: ProposalState, error: str = "", result: str = "") -> bool:
        """What follows the decision is done, and `state` is the end of it.

        Returns whether it was, and not by somebody else before. `proposal` is as it was claimed.
        """
        ...

    async def retry_later(self, *, proposal: Proposal, after_seconds: float, error: str) -> None:
        """It is due again then. One more attempt has failed. Does nothing when somebody else settled it."""
        ...

    async def open_before(self, *, at: float, limit: int) -> tuple[Proposal, ...]:
        """Open proposals from before this moment, oldest first."""
        ...

    async def trim(self, *, before: float) -> None:
        """Delete what was proposed before this moment and is neither open nor due, and what is too much to keep."""
        ...

    async def counts(self) -> ProposalCounts:
        """For the metrics."""
        ...
