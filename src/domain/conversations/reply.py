"""What we say back."""

from enum import StrEnum
from typing import Self

from attrs import frozen

from domain.messages.parts import Part
from domain.messages.shared_values import Choice
from domain.people.person import Conversation


class ReplyKind(StrEnum):
    """Why a person is told something, or nothing."""

    ANSWER = "answer"
    APOLOGY = "apology"
    LIMITED = "limited"
    UNREADABLE = "unreadable"
    STALE = "stale"
    NOTED = "noted"
    HELD = "held"
    COMMAND = "command"
    INITIATED = "initiated"
    LOOP = "loop"


REPLACEABLE = frozenset({ReplyKind.ANSWER, ReplyKind.APOLOGY, ReplyKind.LIMITED, ReplyKind.UNREADABLE})


@frozen(kw_only=True)
class Reply:
    """Everything one turn says, in the order it is said; without parts there is nothing to say.

    `hands_over`: it is itself what asks a human to take over, so no takeover holds it back. `choices` are the answers
    it offers, in whatever form the channel shows them; with None, those that were offered before stay.
    """

    kind: ReplyKind
    parts: tuple[Part, ...] = ()
    reason: str = ""
    hands_over: bool = False
    choices: tuple[Choice, ...] | None = ()

    @property
    def yields_to_human(self) -> bool:
        """Whether a human who has taken over says something else instead."""
        return self.kind in REPLACEABLE and not self.hands_over


@frozen(kw_only=True)
class PartReference:
    """Names one part of one turn; travels with the send so that the channel's echo can prove it."""

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
