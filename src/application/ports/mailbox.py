"""The durable, ordered, deduplicated inbox of every conversation, and how far each answer has come."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

from attrs import frozen

from domain.conversations.reply import PartReference, Reply
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.messages.inbound import InboundMessage
from domain.policies.debounce import Debounce


class LeaseLostError(Exception):
    """Another worker holds the conversation now; whatever was being done for it must stop."""


class UnreadableTurnError(Exception):
    """What is stored of a turn is not what this version writes; a later one may have written it."""


@frozen(kw_only=True)
class EnqueuedMessage:
    """A message to be stored, and how long to wait for more of its kind before answering."""

    message: InboundMessage
    debounce: Debounce


class Acceptance(IntEnum):
    """What became of a message, or a turn of ours, that was to be stored.

    KNOWN: it was stored before. NEW: it is stored now. LEFT_OUT: it is not stored, since too many of its conversation
    wait already.
    """

    KNOWN = 0
    NEW = 1
    LEFT_OUT = 2


@frozen(kw_only=True)
class Claim:
    """One worker's hold on one conversation.

    Store-given: `token` and `delivery` together are the fence, since the store counts every hand-over.
    """

    conversation: str
    partition: int
    token: str
    worker: str
    delivery: int


@frozen(kw_only=True)
class DeliveryConfirmation:
    """The channel echoed the reference of a part, together with its own id of the message."""

    reference: PartReference
    message_id: str


class Mailbox(Protocol):
    """Each method is one atomic step, and each is safe to repeat when its outcome was not seen.

    All raise `StoreUnavailableError` when the store cannot be reached or refuses; those that take a claim raise
    `LeaseLostError` when it no longer holds, and then change nothing. Conversations are spread over `partitions`
    numbered from 0; each is claimed from, reaped and promoted on its own.
    """

    @property
    def partitions(self) -> int: ...

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds after it was made or renewed."""
        ...

    async def prepare(self) -> None:
        """Lay the store out, or mend its layout; to be called at the start, and again after the store was away."""
        ...

    async def accept(self, *, posts: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        """Store messages durably. One that was stored within the last 7 days is known, and is dropped.

        One that is left out is not known afterwards.
        """
        ...

    async def initiate(self, *, turn: Turn) -> Acceptance:
        """Queue a turn that answers nobody, in front of what waits. Its id is known for 7 days.

        It is left out where too many such turns of its conversation wait already.
        """
        ...

    async def claim(self, *, partition: int, worker: str, limit: int, wait_seconds: float) -> tuple[Claim, ...]:
        """Take up to `limit` ready conversations, the longest waiting first; waits for one when there is none."""
        ...

    async def begin(self, *, claim: Claim) -> Turn | None:
        """The turn under way, or a new one of what waits; None when nothing waits, and the claim is settled.

        Raises:
            UnreadableTurnError: and always will, until the claim is buried.
        """
        ...

    async def save_reply(self, *, claim: Claim, reply: Reply) -> None:
        """Keep what the agent said before any of it is sent; from now on the agent is not run again."""
        ...

    async def record_sent(self, *, claim: Claim, part: int, message_id: str) -> None:
        """Part number `part` of the reply is with the channel, which calls it `message_id`."""
        ...

    async def complete(self, *, claim: Claim) -> None:
        """The turn is done; the conversation goes to the tail when more messages wait, else it is forgotten."""
        ...

    async def retry_later(
        self, *, claim: Claim, after_seconds: float, error: str, unconfirmed: UnconfirmedSend | None = None
    ) -> None:
        """Try the same turn again later; with a `unconfirmed`, there is a proof to be waited for.

        Proved meanwhile, there is no doubt and nothing to wait for: then the turn is ready at once.
        """
        ...

    async def defer(self, *, claim: Claim, after_seconds: float) -> None:
        """Go on with the turn later, since it is not its time yet; nothing failed, and nothing is counted."""
        ...

    async def dead_letter(self, *, claim: Claim, reason: str) -> int:
        """Set the turn aside as a dead letter with its progress; the conversation goes on as after `complete`.

        Where there are as many dead letters as are kept, the oldest make room; returns how many were dropped.
        """
        ...

    async def release(self, *, claim: Claim) -> None:
        """Hand the conversation back untouched, for another worker to take at once."""
        ...

    async def renew(self, *, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Prolong the leases that still hold, and return those that do not."""
        ...

    async def reap(self, *, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        """Take over up to `limit` conversations whose lease has run out."""
        ...

    async def promote(self, *, partition: int) -> float | None:
        """Make ready what is due; returns the seconds until the next is, None when nothing is put off."""
        ...

    async def confirm(self, *, confirmations: Sequence[DeliveryConfirmation]) -> None:
        """The channel proved that these parts were sent. A turn that waits for its proof goes on at once."""
        ...
