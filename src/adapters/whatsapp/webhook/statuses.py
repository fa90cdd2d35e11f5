"""What became of a message we sent.

Shape: Meta, "status webhook reference" (September 2026).
"""

from adapters.whatsapp.webhook.details import details
from adapters.whatsapp.webhook.fields import (
    Item,
    identifier,
    mapping,
    maybe_identifier,
    maybe_mapping,
    maybe_text,
    maybe_timestamp,
    plain,
)
from adapters.whatsapp.webhook.people import maybe_phone
from adapters.whatsapp.webhook.reported_errors import failure, listed, reason
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import Unrecognised
from domain.people.person import Person

MAX_NAME = 64
MAX_DETAIL = 512
# What changes nothing about how far a message has come.
MEANINGS = {
    "captured": "the person paid",
    "pending": "the payment is not complete",
    "deleted": "the person deleted the message",
    "warning": "the message shows something that is not available",
}


def read_status(item: object, *, channel: str) -> StatusUpdate | Unrecognised:
    """One item of `statuses`; without its time it counts as long ago, so that it stops nothing.

    Raises:
        MalformedItemError: when it does not say what became of which message.
    """
    fields = mapping(item, "status")
    name = identifier(fields.get("status"), "status")
    message_id = identifier(fields.get("id"), "id")
    errors = fields.get("errors")
    reasons = tuple(map(reason, listed(errors)))
    if name not in DeliveryStatus:
        return _other(name, message_id, fields, reasons, channel=channel)
    pricing = _pricing(fields)
    billable = pricing.get("billable")
    return StatusUpdate(
        channel=channel,
        message_id=message_id,
        status=DeliveryStatus(name),
        at=maybe_timestamp(fields.get("timestamp")) or 0.0,
        reference=maybe_text(fields.get("biz_opaque_callback_data")),
        errors=reasons,
        failure=failure(errors) if name == DeliveryStatus.FAILED else None,
        billable=billable if isinstance(billable, bool) else None,
        category=plain(pricing.get("category"))[:MAX_NAME],
        to=_recipient(fields),
    )


def _other(name: str, message_id: str, fields: Item, reasons: tuple[str, ...], *, channel: str) -> Unrecognised:
    """`status:captured`, with "wamid.7 to 15550002222: the person paid; reference_id: order-7"."""
    to = _recipient(fields)
    which = f"{message_id} to {to.key}" if to else message_id
    why = "; ".join(filter(None, (MEANINGS.get(name, ""), *reasons, details(fields.get("payment")))))
    detail = f"{which}: {why}" if why else which
    return Unrecognised(channel=channel, kind=f"status:{name[:MAX_NAME]}", detail=detail[:MAX_DETAIL])


def _recipient(fields: Item) -> Person | None:
    """None for a group, and where Meta does not tell."""
    phone = maybe_phone(fields.get("recipient_id"))
    user_id = maybe_identifier(fields.get("recipient_user_id"))
    if fields.get("recipient_type") == "group" or not (phone or user_id):
        return None
    return Person(phone=phone, user_id=user_id, parent_id=maybe_identifier(fields.get("recipient_parent_user_id")))


def _pricing(fields: Item) -> Item:
    """Beside the conversation, or inside of it."""
    return maybe_mapping(fields.get("pricing")) or maybe_mapping(
        maybe_mapping(fields.get("conversation")).get("pricing")
    )
