"""The activities about proposals. The arguments are not among their details: they may quote the person."""

from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.proposals import Proposal


def proposed_activity(proposal: Proposal) -> Activity:
    """An agent proposed it."""
    return Activity.within(
        proposal.conversation,
        kind=ActivityKind.PROPOSED,
        at=proposal.proposed_at,
        proposal=proposal.id,
        turn_id=proposal.turn_id,
        agent=proposal.agent,
        tool=proposal.action.tool,
    )


def decided_activity(proposal: Proposal, *, at: float, **detail: str) -> Activity:
    """It came to another state."""
    by = {"by": proposal.decided_by} if proposal.decided_by else {}
    return Activity.within(
        proposal.conversation,
        kind=ActivityKind.PROPOSAL,
        at=at,
        proposal=proposal.id,
        state=proposal.state.value,
        tool=proposal.action.tool,
        **by,
        **detail,
    )
