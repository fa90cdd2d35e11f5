"""What became of a message we sent."""

from enum import StrEnum

from attrs import frozen


class DeliveryStatus(StrEnum):
    """How far a sent message has come; statuses arrive repeated and out of order."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


@frozen(kw_only=True)
class StatusUpdate:
    """The channel says what became of `message_id`, the id it gave us when we sent.

    `reference` is the text we attached to the send and the channel echoes; `errors` are its reasons in words
    when the message failed. `at` is in unix seconds.
    """

    channel: str
    message_id: str
    status: DeliveryStatus
    at: float
    reference: str | None = None
    errors: tuple[str, ...] = ()
