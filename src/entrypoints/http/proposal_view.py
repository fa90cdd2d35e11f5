"""A proposal as operators see it: over HTTP, and on the command line."""

import json
from typing import Any, Self

from attrs import frozen

from domain.conversations.proposals import Proposal, ProposalState


@frozen(kw_only=True)
class ProposalView:
    """An action that an agent proposed. Times are in unix seconds.

    `arguments`: what the action is called with. `via`: the agent that proposed it, if the answering one asked another.
    `decided_by`, `decided_at`, `reason`: who approved or rejected it, when and why.
    `attempts`: how many deliveries failed; `error`: why the latest did.
    `result`: what came of the action, in the words of who carried it out.
    """

    id: str
    state: ProposalState
    channel: str
    user: str
    agent: str
    turn_id: str
    tool: str
    type: str
    destination: str
    operation: str
    arguments: dict[str, Any]
    via: str | None
    proposed_at: float
    decided_by: str | None
    decided_at: float | None
    reason: str
    attempts: int
    error: str
    result: str

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        action = proposal.action
        return cls(
            id=proposal.id,
            state=proposal.state,
            channel=proposal.conversation.channel,
            user=proposal.conversation.user,
            agent=proposal.agent,
            turn_id=proposal.turn_id,
            tool=action.tool,
            type=action.type,
            destination=action.destination,
            operation=action.operation,
            arguments=json.loads(action.arguments),
            via=action.via or None,
            proposed_at=proposal.proposed_at,
            decided_by=proposal.decided_by or None,
            decided_at=proposal.decided_at,
            reason=proposal.reason,
            attempts=proposal.attempts,
            error=proposal.error,
            result=proposal.result,
        )
