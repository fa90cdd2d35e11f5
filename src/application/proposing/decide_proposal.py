"""Approve or reject a proposal."""

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.proposals import AlreadyDecidedError, ProposalDecision, Proposals
from application.proposing.proposal_activities import decided_activity
from domain.conversations.proposals import ACCEPTED, Proposal, ProposalState


@frozen(kw_only=True)
class DecideProposal:
    """What follows a decision is done by a worker: the caller may be a command that ends at once."""

    proposals: Proposals
    feed: ActivityFeed
    clock: Clock

    async def approve(self, *, proposal_id: str, by: str, reason: str = "") -> Proposal:
        """Approve it. A worker delivers it soon. To approve it again changes nothing.

        An undelivered one is delivered again.

        Raises:
            UnknownProposalError: there is none of that id.
            AlreadyDecidedError: it was rejected, or has expired.
            StoreUnavailableError: ask again.
        """
        return await self._decide(proposal_id, ProposalState.DELIVERING, by, reason, same=ACCEPTED)

    async def reject(self, *, proposal_id: str, by: str, reason: str = "") -> Proposal:
        """Reject it. To reject it again changes nothing. Raises as `approve` does, when it was approved before."""
        same = frozenset({ProposalState.REJECTED})
        return await self._decide(proposal_id, ProposalState.REJECTED, by, reason, same=same)

    async def _decide(
        self, proposal_id: str, state: ProposalState, by: str, reason: str, *, same: frozenset[ProposalState]
    ) -> Proposal:
        now = self.clock.now()
        decision = ProposalDecision(state=state, by=by, at=now, reason=reason)
        try:
            proposal = await self.proposals.decide(proposal_id=proposal_id, decision=decision)
        except AlreadyDecidedError as error:
            if error.proposal.state in same:
                return error.proposal
            raise
        await self.feed.publish(activities=[decided_activity(proposal, at=now)])
        return proposal
