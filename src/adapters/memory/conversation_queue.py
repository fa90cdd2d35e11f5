"""What the mailbox in memory keeps of a conversation."""

from collections import deque

from attrs import define, evolve, field

from application.ports.inbox import DeliveryConfirmation
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.policies.debounce import Debounce


@define(order=True)
class Mail:
    """Waiting messages sort by the channel's time, then by arrival; `arrived` is monotonic."""

    sent_at: float
    arrival: int
    arrived: float = field(order=False)
    wait: Debounce = field(order=False)
    message: InboundMessage = field(order=False)


@define
class ConversationQueue:
    """One conversation; it exists only while it has something to do.

    `token` names its entry among the ready and the leased, `due` is when it becomes ready instead.
    """

    mail: list[Mail] = field(factory=list)
    turn: Turn | None = None
    again: deque[Turn] = field(factory=deque)
    token: str | None = None
    due: float | None = None
    latest: float | None = None

    @property
    def may_wake(self) -> bool:
        """Whether a new message may make it ready: it is neither ready, nor held, nor put off."""
        return self.token is None and (self.due is None or self.latest is not None)

    def assemble(self, turn_id: str, *, at_most: int) -> Turn | None:
        """A turn of the messages that waited longest; None when none waits."""
        taken, self.mail = self.mail[:at_most], self.mail[at_most:]
        messages = tuple(mail.message for mail in taken)
        return Turn(id=turn_id, conversation=messages[0].conversation, messages=messages) if messages else None

    def proves(self, proof: DeliveryConfirmation) -> bool:
        """Whether the part is the next of the turn under way; it is recorded then."""
        turn, reference = self.turn, proof.reference
        if turn is None or (turn.id, len(turn.sent)) != (reference.turn_id, reference.part):
            return False
        self.turn = evolve(
            turn,
            sent=(*turn.sent, proof.message_id),
            attempts=0,
            confirmation_waits=0,
            unconfirmed_attempts=0,
            error="",
        )
        return True
