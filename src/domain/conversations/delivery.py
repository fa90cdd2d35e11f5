"""The delivery status of a message that we sent."""

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


# A message may be delivered to one device and fail on another. So a failure ranks highest.
RANK: Mapping[DeliveryStatus, int] = {
    DeliveryStatus.SENT: 1,
    DeliveryStatus.DELIVERED: 2,
    DeliveryStatus.READ: 3,
    DeliveryStatus.PLAYED: 4,
    DeliveryStatus.FAILED: 5,
}


@frozen(kw_only=True)
class StatusUpdate:
    """The delivery status of the message that the channel calls `message_id`.

    `reference` is the text that we attached to the send; the channel echoes it. When the message failed, `errors` are
    the channel's reasons in words, and `failure` is what they mean. `to` is who it went to, where the channel says so.
    `at` is in unix seconds, 0 where the channel gives no time. `billable` and `category` are what the channel says
    about the price.
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
        """The part it is about; None when no reference of ours was echoed."""
        if not self.reference:
            return None
        try:
            part = PartReference.parse(self.reference)
        except ValueError:
            return None
        return part if part.conversation.channel == self.channel else None
