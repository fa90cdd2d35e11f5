"""Begin a turn, where only the turn itself matters."""

from application.ports.leases import Claim
from application.ports.turns import Turns
from domain.conversations.turn import Turn


async def begin_turn(turns: Turns, claim: Claim) -> Turn | None:
    """The turn under way, or a new one. None when nothing waits."""
    begun = await turns.begin(claim=claim)
    return begun.turn if begun else None
