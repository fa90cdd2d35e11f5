"""What became of a message we sent.

Shape: Meta, "status webhook reference" (September 2026).
"""

from adapters.whatsapp.fields import (
    Item,
    identifier,
    mapping,
    maybe_identifier,
    maybe_mapping,
    maybe_text,
    plain,
    timestamp,
)
from adapters.whatsapp.people import maybe_phone
from adapters.whatsapp.reported_errors import failure, listed, reason
from domain.conversations import Person
from domain.delivery import DeliveryStatus, StatusUpdate
from domain.messages import Unrecognised

LONGEST_NAME = 64


def read_status(item: object, *, channel: str) -> StatusUpdate | Unrecognised:
    """One item of `statuses`.

    Raises:
        MalformedItemError: when `item` is not as Meta describes it.
    """
    fields = mapping(item, "status")
    name = identifier(fields.get("status"), "status")
    if name not in DeliveryStatus:
        return Unrecognised(channel=channel, kind=f"status:{name[:LONGEST_NAME]}")
    errors = fields.get("errors")
    pricing = _pricing(fields)
    billable = pricing.get("billable")
    return StatusUpdate(
        channel=channel,
        message_id=identifier(fields.get("id"), "id"),
        status=DeliveryStatus(name),
        at=timestamp(fields.get("timestamp")),
        reference=maybe_text(fields.get("biz_opaque_callback_data")),
        errors=tuple(map(reason, listed(errors))),
        failure=failure(errors) if name == DeliveryStatus.FAILED else None,
        billable=billable if isinstance(billable, bool) else None,
        category=plain(pricing.get("category"))[:LONGEST_NAME],
        to=_recipient(fields),
    )


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
