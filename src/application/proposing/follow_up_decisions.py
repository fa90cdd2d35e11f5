"""Do what follows the decisions about proposals: deliver what is approved, and tell what became of each."""

import asyncio
import logging

from attrs import evolve, frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.measurements import Measurements
from application.ports.proposals import Proposals
from application.ports.store import StoreUnavailableError
from application.ports.webhook_sender import WebhookFailedError, WebhookSender
from application.proposing.approval_message import ProposalOutcome, approval_message, read_answer
from application.proposing.notify_outcome import NotifyOutcome
from application.proposing.proposal_activities import decided_activity
from domain.conversations.proposals import Proposal, ProposalState
from domain.policies.redelivery import Redelivery
from domain.policies.retry import Retry

MAX_AT_ONCE = 10
# Longer than a delivery may take. When a worker dies, others go on after this time.
CLAIM_SECONDS = 60.0

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class FollowUpDecisions:
    """Without a `receiver` nothing is delivered: an approved proposal is at its end then."""

    proposals: Proposals
    receiver: WebhookSender | None
    redelivery: Redelivery
    notify: NotifyOutcome
    feed: ActivityFeed
    measurements: Measurements
    clock: Clock

    async def __call__(self) -> bool:
        """Take some decided proposals that are due. Returns whether more may be due.

        What fails is done again later. A delivery is repeated when nobody knows whether it arrived; its receiver knows
        it by the id.

        Raises:
            StoreUnavailableError: nothing was taken.
        """
        due = await self.proposals.claim_due(limit=MAX_AT_ONCE, seconds=CLAIM_SECONDS)
        await asyncio.gather(*map(self._safely, due))
        return len(due) == MAX_AT_ONCE

    async def _safely(self, proposal: Proposal) -> None:
        try:
            await self._follow(proposal)
        except StoreUnavailableError:
            logger.debug("the store is away; proposal %s is followed up later", proposal.id)
        except Exception:
            logger.exception("following up proposal %s failed with an internal error", proposal.id)

    async def _follow(self, proposal: Proposal) -> None:
        if proposal.state is ProposalState.DELIVERING:
            outcome = await self._deliver(proposal)
        else:
            outcome = ProposalOutcome(state=proposal.state)
        if outcome is None:
            return
        await self.notify(proposal, outcome)
        settled = await self.proposals.settle(
            proposal=proposal, state=outcome.state, error=outcome.error, result=outcome.result
        )
        if not settled:  # another worker was quicker
            return
        self.measurements.proposal(channel=proposal.conversation.channel, outcome=outcome.state.value)
        if outcome.state is not proposal.state:
            ended = evolve(proposal, state=outcome.state)
            detail = {"error": outcome.error} if outcome.error else {}
            await self.feed.publish(activities=[decided_activity(ended, at=self.clock.now(), **detail)])

    async def _deliver(self, proposal: Proposal) -> ProposalOutcome | None:
        """The outcome; None when it is delivered later."""
        if self.receiver is None:
            return ProposalOutcome(state=ProposalState.APPROVED)
        try:
            answer = await self.receiver.send(message_id=proposal.id, body=approval_message(proposal))
        except WebhookFailedError as error:
            self.measurements.webhook(webhook="proposals", outcome="failed")
            return await self._not_delivered(proposal, str(error))
        self.measurements.webhook(webhook="proposals", outcome="taken")
        return read_answer(answer)

    async def _not_delivered(self, proposal: Proposal, error: str) -> ProposalOutcome | None:
        now = self.clock.now()
        decision = self.redelivery.after_failure(
            attempts=proposal.attempts, since=proposal.decided_at or now, now=now, message_id=proposal.id
        )
        if isinstance(decision, Retry):
            logger.warning("proposal %s is delivered again in %.0f s: %s", proposal.id, decision.after_seconds, error)
            await self.proposals.retry_later(proposal=proposal, after_seconds=decision.after_seconds, error=error)
            return None
        logger.error("proposal %s is undelivered (%s): approve it again, or reject it", proposal.id, error)
        return ProposalOutcome(state=ProposalState.UNDELIVERED, error=error)
