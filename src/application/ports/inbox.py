"""What comes into a conversation: messages, turns that we begin, and confirmations of what was sent."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

from attrs import frozen

from domain.conversations.reply import PartReference
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.policies.debounce import Debounce


@frozen(kw_only=True)
class EnqueuedMessage:
    """A message to store, and how long to wait for more messages before it is answered."""

    message: InboundMessage
    debounce: Debounce


class Acceptance(IntEnum):
    """What became of a message, or of a turn that we begin.

    KNOWN: it was stored before. NEW: it is stored now. LEFT_OUT: it is not stored, because too many of its conversation
    wait already.
    """

    KNOWN = 0
    NEW = 1
    LEFT_OUT = 2


@frozen(kw_only=True)
class DeliveryConfirmation:
    """The channel returned the reference of a part, together with its own id of the message."""

    reference: PartReference
    message_id: str


class Inbox(Protocol):
    """The durable, ordered, deduplicated inbox of every conversation.

    Each method is one atomic step for each conversation. It is safe to repeat when its outcome was not seen. All raise
    `StoreUnavailableError` when the store cannot be reached or refuses.
    """

    async def accept(self, *, messages: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        """Store messages durably. Returns one answer for each, in their order.

        A message that was stored within the last 7 days is known, and is dropped. A message that is left out does not
        become known.
        """
        ...

    async def initiate(self, *, turn: Turn) -> Acceptance:
        """Queue a turn that answers no message, in front of the waiting messages. Its id is known for 7 days.

        The turn is left out where too many such turns of its conversation wait already.
        """
        ...

    async def confirm(self, *, confirmations: Sequence[DeliveryConfirmation]) -> None:
        """Record that these parts were sent. A turn that waits for such a confirmation becomes ready at once."""
        ...
