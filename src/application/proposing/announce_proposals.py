"""Publish what an agent proposed, once it is stored."""

from collections.abc import Sequence

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.measurements import Measurements
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.proposals import Proposal


@frozen(kw_only=True)
class AnnounceProposals:
    feed: ActivityFeed
    measurements: Measurements

    async def __call__(self, proposals: Sequence[Proposal]) -> None:
        """Publish an activity for each. The arguments are not among its details: they may quote the person."""
        for proposal in proposals:
            self.measurements.proposal(channel=proposal.conversation.channel, outcome="proposed")
        await self.feed.publish(
            activities=[
                Activity.within(
                    proposal.conversation,
                    kind=ActivityKind.PROPOSED,
                    at=proposal.proposed_at,
                    proposal=proposal.id,
                    turn_id=proposal.turn_id,
                    agent=proposal.agent,
                    tool=proposal.action.tool,
                )
                for proposal in proposals
            ]
        )
