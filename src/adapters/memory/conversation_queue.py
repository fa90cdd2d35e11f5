"""What the mailbox in memory keeps of a conversation."""

from collections import deque

from attrs import define, evolve, field

from application.ports.inbox import DeliveryConfirmation
from domain.conversations.confirmations import taken_together
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.policies.debounce import Debounce


@define(order=True)
class WaitingMessage:
    """Waiting messages sort by the channel's time, then by its sequence, then by `arrival`.

    `arrived_at` is monotonic.
    """

    sent_at: float
    sequence: int
    arrival: int
    arrived_at: float = field(order=False)
    debounce: Debounce = field(order=False)
    message: InboundMessage = field(order=False)


@define
class ConversationQueue:
    """One conversation. It exists only while it has something to do.

    `priority` holds the turns that go before the waiting messages. `token` names the conversation's entry among the
    ready and the held ones. Without a token, the conversation becomes ready at `due`. While it waits for more messages,
    `latest` is when the wait ends at the latest. `turn_received_at` is when the first message of the turn under way was
    received. All times are monotonic.
    """

    waiting: list[WaitingMessage] = field(factory=list)
    turn: Turn | None = None
    turn_received_at: float | None = None
    priority: deque[Turn] = field(factory=deque)
    token: str | None = None
    due: float | None = None
    latest: float | None = None

    @property
    def may_wake(self) -> bool:
        """Whether a new message may make it ready: it is neither ready, nor held, nor delayed."""
        return self.token is None and (self.due is None or self.latest is not None)

    def next_turn(self, turn_id: str, *, max_messages: int, asks_confirmation: bool) -> Turn | None:
        """The first priority turn, else a new turn of the oldest waiting messages. Returns None when nothing waits.

        `asks_confirmation`: the last answer asked to confirm an action.
        """
        self.turn_received_at = None
        if self.priority:
            return self.priority.popleft()
        messages = tuple(waiting.message for waiting in self.waiting[:max_messages])
        if asks_confirmation:
            messages = messages[: taken_together(messages)]
        self.turn_received_at = self.waiting[0].arrived_at if messages else None
        self.waiting = self.waiting[len(messages) :]
        return Turn(id=turn_id, conversation=messages[0].conversation, messages=messages) if messages else None

    @property
    def received_at(self) -> float | None:
        """When the oldest message that waits was received; None when none waits."""
        if self.turn is not None:
            return self.turn_received_at
        return self.waiting[0].arrived_at if self.waiting else None

    def confirm(self, confirmation: DeliveryConfirmation) -> bool:
        """Record the part when it is the next one of the turn under way. Returns whether it was."""
        turn, reference = self.turn, confirmation.reference
        if turn is None or (turn.id, len(turn.sent)) != (reference.turn_id, reference.part):
            return False
        self.turn = evolve(
            turn,
            sent=(*turn.sent, confirmation.message_id),
            attempts=0,
            confirmation_waits=0,
            unconfirmed_attempts=0,
            error="",
        )
        return True
