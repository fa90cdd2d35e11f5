"""The delivery status of a message that we sent.

Shape: Meta, "status webhook reference" (September 2026).
"""

from adapters.channel_kit.details import summary, unrecognised
from adapters.channel_kit.json_fields import (
    JsonObject,
    identifier,
    json_object,
    maybe_identifier,
    maybe_object,
    maybe_phone,
    maybe_text,
    maybe_timestamp,
)
from adapters.whatsapp.graph_errors import GraphError, reported_errors, reported_failure
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import Unrecognised
from domain.people.person import Person

MAX_NAME = 64
# These statuses do not change how far a message has come.
MEANINGS = {
    "captured": "the person paid",
    "pending": "the payment is not complete",
    "deleted": "the person deleted the message",
    "warning": "the message shows something that is not available",
}


def read_status(item: object, *, channel: str) -> StatusUpdate | Unrecognised:
    """One item of `statuses`. A failure without a time counts as long ago: it does not open the circuit breaker.

    Raises:
        MalformedItemError: the item does not name the status or the message.
    """
    fields = json_object(item, "status")
    name = identifier(fields.get("status"), "status")
    message_id = identifier(fields.get("id"), "id")
    errors = reported_errors(fields.get("errors"))
    if name not in DeliveryStatus:
        return _other(name, message_id, fields, errors, channel=channel)
    conversation = maybe_object(fields.get("conversation"))
    pricing = maybe_object(fields.get("pricing")) or maybe_object(conversation.get("pricing"))
    billable = pricing.get("billable")
    return StatusUpdate(
        channel=channel,
        message_id=message_id,
        status=DeliveryStatus(name),
        at=maybe_timestamp(fields.get("timestamp")) or 0.0,
        reference=maybe_text(fields.get("biz_opaque_callback_data")) or None,
        errors=tuple(error.reason for error in errors),
        failure=reported_failure(errors) if name == DeliveryStatus.FAILED else None,
        billable=billable if isinstance(billable, bool) else None,
        category=maybe_text(pricing.get("category"))[:MAX_NAME],
        to=_recipient(fields),
    )


def _other(name: str, message_id: str, fields: JsonObject, errors: list[GraphError], *, channel: str) -> Unrecognised:
    """A status of another kind. Example: "wamid.7 to 15550002222: the person paid; reference_id: order-7"."""
    to = _recipient(fields)
    message = f"{message_id} to {to.key}" if to else message_id
    reasons = (MEANINGS.get(name, ""), *(error.reason for error in errors), summary(fields.get("payment")))
    detail = ": ".join(filter(None, (message, "; ".join(filter(None, reasons)))))
    return unrecognised(channel, "status", name[:MAX_NAME], detail)


def _recipient(fields: JsonObject) -> Person | None:
    """None for a group, and where Meta does not say."""
    phone = maybe_phone(fields.get("recipient_id"))
    user_id = maybe_identifier(fields.get("recipient_user_id"))
    if fields.get("recipient_type") == "group" or not (phone or user_id):
        return None
    return Person(phone=phone, user_id=user_id, parent_id=maybe_identifier(fields.get("recipient_parent_user_id")))
