"""What became of a message we sent."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from domain.conversations.reply import PartReference
from domain.people.person import Person
from domain.policies.retry import SendFailure


class DeliveryStatus(StrEnum):
    """How far a sent message has come; statuses arrive repeated and out of order."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


# A message may be delivered to one device and fail on another: a failure is always news, and nothing undoes it.
RANK: Mapping[DeliveryStatus, int] = {
    DeliveryStatus.SENT: 1,
    DeliveryStatus.DELIVERED: 2,
    DeliveryStatus.READ: 3,
    DeliveryStatus.PLAYED: 4,
    DeliveryStatus.FAILED: 5,
}


@frozen(kw_only=True)
class StatusUpdate:
    """The channel says what became of `message_id`, the id it gave us when we sent.

    `reference` is the text we attached to the send and the channel echoes; `errors` are its reasons in words
    when the message failed, `failure` what they mean; `to` is who it went to, where the channel tells. `at` is in
    unix seconds, 0 where the channel does not tell. `billable` and `category` are what the channel says about its
    price, where it does.
    """

    channel: str
    message_id: str
    status: DeliveryStatus
    at: float
    reference: str | None = None
    errors: tuple[str, ...] = ()
    failure: SendFailure | None = None
    to: Person | None = None
    billable: bool | None = None
    category: str = ""

    @property
    def part(self) -> PartReference | None:
        """Which part of ours it is about; None where that was not echoed, or somebody else sent it."""
        if not self.reference:
            return None
        try:
            part = PartReference.parse(self.reference)
        except ValueError:
            return None
        return part if part.conversation.channel == self.channel else None
