"""What is posted when a proposal is approved, and what its receiver answers (see docs/agents.md)."""

import json
from datetime import UTC, datetime

from attrs import frozen

from domain.conversations.proposals import MAX_RESULT_LENGTH, Proposal, ProposalState

MAX_MESSAGE_LENGTH = 1_000


@frozen(kw_only=True)
class ProposalOutcome:
    """What came of an approved proposal.

    `result` is for operators and for the agent, `message` for the person: either may be empty. `error` says why nobody
    took it.
    """

    state: ProposalState
    result: str = ""
    message: str = ""
    error: str = ""


def approval_message(proposal: Proposal) -> bytes:
    """JSON, and the same each time the proposal is delivered."""
    action = proposal.action
    approved_at = _moment(proposal.decided_at or proposal.proposed_at)
    data = {
        "id": proposal.id,
        "channel": proposal.conversation.channel,
        "user": proposal.conversation.user,
        "agent": proposal.agent,
        "turn_id": proposal.turn_id,
        "tool": action.tool,
        "type": action.type,
        "destination": action.destination,
        "operation": action.operation,
        "arguments": json.loads(action.arguments),
        "via": action.via or None,
        "proposed_at": _moment(proposal.proposed_at),
        "approved_at": approved_at,
        "approved_by": proposal.decided_by,
    }
    return json.dumps({"type": "proposal.approved", "timestamp": approved_at, "data": data}).encode()


def read_answer(body: bytes) -> ProposalOutcome:
    """The receiver took the proposal. What it says about the result is optional: whatever is no such JSON says nothing.

    Example: `{"status": "failed", "result": "out of stock", "message": "We are out of them, sorry."}`.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        return ProposalOutcome(state=ProposalState.DONE)
    return ProposalOutcome(
        state=ProposalState.FAILED if answer.get("status") == "failed" else ProposalState.DONE,
        result=_text(answer.get("result"), MAX_RESULT_LENGTH),
        message=_text(answer.get("message"), MAX_MESSAGE_LENGTH),
    )


def _text(value: object, limit: int) -> str:
    """The text without what cannot be stored, cut."""
    return value.strip()[:limit].encode(errors="ignore").decode() if isinstance(value, str) else ""


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
