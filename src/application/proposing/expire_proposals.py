"""End proposals that nobody decides, and delete what is over."""

import contextlib
import logging
from collections.abc import Sequence

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.proposals import AlreadyDecidedError, ProposalDecision, Proposals, UnknownProposalError
from application.proposing.proposal_activities import decided_activity
from domain.conversations.proposals import Proposal, ProposalState, in_excess
from domain.policies.proposals import ProposalPolicy

EXPIRED_AT_ONCE = 500

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class ExpireProposals:
    """A proposal expires some time after it was made, or earlier when too many are open."""

    proposals: Proposals
    feed: ActivityFeed
    clock: Clock
    policy: ProposalPolicy

    async def __call__(self) -> bool:
        """Returns whether more may have to be ended.

        Raises:
            StoreUnavailableError: the rest is ended later.
        """
        now = self.clock.now()
        old = await self.proposals.open_before(at=now - self.policy.expire_seconds, limit=EXPIRED_AT_ONCE)
        await self._expire(old, reason="nobody decided in time")
        excess = (await self.proposals.counts()).open - self.policy.max_open
        if excess > 0:
            # One second ahead, because the clock of another process may be.
            oldest = await self.proposals.open_before(at=now + 1, limit=EXPIRED_AT_ONCE)
            await self._expire(in_excess(oldest, most=max(0, len(oldest) - excess)), reason="too many were open")
            logger.error(
                "%d open proposals expired, because too many are open: decide some, or raise proposals.max_open",
                excess,
            )
        await self.proposals.trim(before=now - self.policy.keep_seconds)
        return len(old) == EXPIRED_AT_ONCE

    async def _expire(self, proposals: Sequence[Proposal], *, reason: str) -> None:
        for proposal in proposals:
            now = self.clock.now()
            decision = ProposalDecision(state=ProposalState.EXPIRED, at=now)
            # Somebody may decide it at this moment.
            with contextlib.suppress(AlreadyDecidedError, UnknownProposalError):
                expired = await self.proposals.decide(proposal_id=proposal.id, decision=decision)
                await self.feed.publish(activities=[decided_activity(expired, at=now, reason=reason)])
