"""Replies, and references to their parts."""

from typing import Self

from attrs import frozen

from domain.conversations.outcome import Outcome
from domain.conversations.routing import Routed
from domain.conversations.usage import Usage
from domain.messages.outbound import Part
from domain.messages.shared_values import Choice
from domain.people.person import Conversation

YIELDING = frozenset({Outcome.ANSWERED, Outcome.FAILED, Outcome.LIMITED, Outcome.ROUTED, Outcome.UNREADABLE})


@frozen(kw_only=True)
class Reply:
    """Everything one turn says, in the order it is sent. Without parts, nothing is sent.

    `outcome` is how the turn ends once the reply is sent; FAILED makes the reply an apology. `reason` says why, for
    operators. `hands_over`: the reply announces a human, so a takeover does not hold it back. `choices` are the answers
    it offers, in whatever form the channel shows them. None keeps those that were offered before. `usage` is what the
    agent's run used, where the runtime says so. `routed`: the conversation gets another agent with this turn.
    """

    outcome: Outcome
    parts: tuple[Part, ...] = ()
    reason: str = ""
    hands_over: bool = False
    choices: tuple[Choice, ...] | None = ()
    usage: Usage | None = None
    routed: tuple[Routed, ...] = ()

    @property
    def is_apology(self) -> bool:
        """Whether it tells the person that there will be no answer."""
        return self.outcome is Outcome.FAILED

    @property
    def yields_to_human(self) -> bool:
        """Whether it is not sent once a human has taken over."""
        return self.outcome in YIELDING and not self.hands_over


@frozen(kw_only=True)
class PartReference:
    """Names one part of one turn. It is sent along, and the channel echoes it, which confirms the send."""

    conversation: Conversation
    turn_id: str
    part: int

    def __str__(self) -> str:
        return f"{self.turn_id}/{self.part}/{self.conversation}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read back what `str()` wrote.

        Raises:
            ValueError: when the text is none of ours.
        """
        turn_id, part, conversation = text.split("/", 2)
        reference = cls(conversation=Conversation.parse(conversation), turn_id=turn_id, part=int(part))
        if str(reference) != text:  # "01", "+1" and other scripts' digits are numbers too
            raise ValueError("not as we write it")
        return reference
