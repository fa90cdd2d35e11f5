"""Proposals, as a turn stores them."""

from application.ports.agent import AgentAnswer
from domain.conversations.proposals import Proposal, ProposedAction
from domain.conversations.turn import Turn

PROPOSED_AT = 1_800_000_000.0


def action(boxes: int = 2) -> ProposedAction:
    return ProposedAction(
        tool="shop_create_order",
        type="api",
        destination="shop",
        operation="create_order",
        arguments=f'{{"boxes":{boxes},"note":"caf\u00e9"}}',
    )


def proposals_of(turn: Turn, *, count: int = 1, at: float = PROPOSED_AT) -> tuple[Proposal, ...]:
    return Proposal.of_turn(
        [action(number) for number in range(1, count + 1)],
        turn_id=turn.id,
        conversation=turn.conversation,
        person=turn.person,
        agent="assistant",
        at=at,
    )


def proposing(text: str = "I have asked for approval.", *actions: ProposedAction) -> AgentAnswer:
    """What an agent answers that proposes."""
    return AgentAnswer(text=text, proposals=actions or (action(),))
