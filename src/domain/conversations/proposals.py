"""Proposals: what an agent wants to do, and a person of the operator must approve first."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from attrs import field, frozen

from domain.messages.plain_text import shortened
from domain.people.person import Conversation, Person

# Of one run of an agent, and of the arguments of one proposal as JSON. Astromesh has the same limits.
MAX_PROPOSALS = 20
MAX_ARGUMENTS_BYTES = 16 * 1024
# Of each name in a proposal, such as its tool, in characters.
MAX_NAME_LENGTH = 200
MAX_REASON_LENGTH = 500
MAX_RESULT_LENGTH = 2_000
ID_PATTERN = r"[0-9]{13}-[0-9]{2}-[0-9a-f]{12}"


class ProposalState(StrEnum):
    """How far a proposal has come.

    OPEN: it waits for a decision. DELIVERING: it is approved and on its way, as soon as a worker sees it. DONE: it was
    carried out. FAILED: who carries it out says that it failed. UNDELIVERED: nobody took it. APPROVED: it is approved,
    and there is nobody to deliver it to. REJECTED, EXPIRED: it will not be carried out.
    """

    OPEN = "open"
    DELIVERING = "delivering"
    DONE = "done"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


# An undelivered proposal is decided once more: approved, it is delivered again.
UNDECIDED = frozenset({ProposalState.OPEN, ProposalState.UNDELIVERED})
ACCEPTED = frozenset({ProposalState.DELIVERING, ProposalState.DONE, ProposalState.FAILED, ProposalState.APPROVED})


@frozen(kw_only=True)
class ProposedAction:
    """What the agent wants to do: call `operation` of `destination`, through its tool.

    `type` is the kind of tool, such as "api". `arguments` is a JSON object as text. `via` names the agent that proposed
    it where the answering agent asked another one; else it is empty.
    """

    tool: str
    type: str = ""
    destination: str = ""
    operation: str = ""
    arguments: str = "{}"
    via: str = ""


@frozen(kw_only=True)
class Proposal:
    """An action that one turn proposed to its person, and what became of it. Times are unix seconds.

    `decided_by` is the operator's name, `reason` what they wrote beside the decision. `attempts` counts the deliveries
    that failed, and `error` says why the latest did. `result` is what came of the action, in the words of who carried
    it out.
    """

    id: str
    conversation: Conversation
    person: Person
    turn_id: str
    agent: str
    action: ProposedAction
    proposed_at: float
    state: ProposalState = ProposalState.OPEN
    decided_by: str = ""
    decided_at: float | None = None
    reason: str = ""
    attempts: int = 0
    error: str = ""
    result: str = field(default="", repr=False)

    @classmethod
    def of_turn(
        cls,
        actions: Sequence[ProposedAction],
        *,
        turn_id: str,
        conversation: Conversation,
        person: Person,
        agent: str,
        at: float,
    ) -> tuple[Self, ...]:
        """The proposals of one turn, in order. Their ids sort by time, and then in this order."""
        digest = hashlib.blake2b(f"{conversation}\n{turn_id}".encode(errors="replace"), digest_size=6).hexdigest()
        return tuple(
            cls(
                id=f"{int(at * 1000):013d}-{number:02d}-{digest}",
                conversation=conversation,
                person=person,
                turn_id=turn_id,
                agent=agent,
                action=action,
                proposed_at=at,
            )
            for number, action in enumerate(actions, start=1)
        )

    @property
    def summary(self) -> str:
        """What it is about, for the agent. Example: "shop_create_order {"boxes":2}"."""
        return shortened(f"{self.action.tool} {self.action.arguments}")


def ids_before(at: float) -> str:
    """A text that sorts behind the ids of all proposals from before this moment, and in front of all others."""
    return f"{max(0, int(at * 1000)):013d}"


def in_excess(open_proposals: Sequence[Proposal], *, most: int) -> tuple[Proposal, ...]:
    """Which of these, oldest first, make room when at most so many may be open.

    The conversation with the most open ones gives up its oldest: one person cannot push out those of others.
    """
    left: defaultdict[Conversation, deque[Proposal]] = defaultdict(deque)
    for proposal in open_proposals:
        left[proposal.conversation].append(proposal)
    return tuple(max(left.values(), key=len).popleft() for _ in range(len(open_proposals) - most))
