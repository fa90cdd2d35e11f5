"""Webhook changes about messages: messages of people, statuses, and echoes of the WhatsApp Business app.

Source: Meta, webhook reference of the WhatsApp Cloud API and "Business-scoped user IDs" (2026).
"""

from collections.abc import Mapping, Sequence

from simulator.state.business import BusinessNumber, Person
from simulator.state.chat_messages import ChatMessage, DeliveryStatus
from simulator.webhooks.meta_errors import webhook_error
from simulator.webhooks.wire import MESSAGES, Change, contact, number_value, sender

UNDELIVERABLE = 131026
BROKEN = 131000
BILLED = frozenset((DeliveryStatus.SENT, DeliveryStatus.DELIVERED))
PRICING = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}


def message_change(
    business: BusinessNumber, person: Person, message: ChatMessage, *, media_url: str | None = None
) -> Change:
    """A message of a person. `media_url` is the address of its file."""
    item: dict[str, object] = {
        **sender(person),
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": message.type,
    }
    if message.content is not None:
        item[message.type] = _with_url(message.content, media_url)
    if message.group_id is not None:
        item["group_id"] = message.group_id
    if message.context:
        item["context"] = dict(message.context)
    if message.referral is not None:
        item["referral"] = dict(message.referral)
    if message.type == "unsupported" and message.error is not None:
        item["errors"] = [dict(message.error)]
    value = number_value(business, contacts=[contact(person)], messages=[item])
    if message.content is None:
        value["errors"] = [webhook_error(BROKEN, details="Unsupported webhook payload")]
    return Change(field=MESSAGES, value=value)


def status_change(
    business: BusinessNumber, person: Person | None, message: ChatMessage, status: DeliveryStatus, *, at: float
) -> Change:
    """The delivery status of a message of the business, at `at` in unix seconds. A failure has no contacts."""
    item: dict[str, object] = {"id": message.id, "status": status.value, "timestamp": str(int(at))}
    if person is None or not person.hides_number:
        item["recipient_id"] = message.number
    if message.reference is not None:
        item["biz_opaque_callback_data"] = message.reference
    if status is DeliveryStatus.FAILED:
        if person is not None and person.hides_number:
            item["recipient_user_id"] = person.user_id
        error = message.error or webhook_error(UNDELIVERABLE)
        return Change(field=MESSAGES, value=number_value(business, statuses=[item | {"errors": [dict(error)]}]))
    if status in BILLED:
        item["pricing"] = PRICING
    if person is None:
        return Change(field=MESSAGES, value=number_value(business, statuses=[item]))
    item["recipient_user_id"] = person.user_id
    return Change(field=MESSAGES, value=number_value(business, contacts=[contact(person)], statuses=[item]))


def group_status_change(
    business: BusinessNumber, people: Sequence[Person], message: ChatMessage, status: DeliveryStatus, *, at: float
) -> Change:
    """The delivery status of a message to a group, for all these participants at once.

    Without participants the group is unknown.
    """
    item: dict[str, object] = {"id": message.id, "status": status.value, "timestamp": str(int(at))}
    item |= {"recipient_id": message.group_id, "recipient_type": "group"}
    if message.reference is not None:
        item["biz_opaque_callback_data"] = message.reference
    if status is DeliveryStatus.FAILED:
        error = message.error or webhook_error(UNDELIVERABLE)
        return Change(field=MESSAGES, value=number_value(business, statuses=[item | {"errors": [dict(error)]}]))
    if status in BILLED:
        item["pricing"] = PRICING
    statuses = [item | _participant(person) for person in people]
    return Change(field=MESSAGES, value=number_value(business, contacts=list(map(contact, people)), statuses=statuses))


def echo_change(business: BusinessNumber, person: Person, message: ChatMessage) -> Change:
    """An employee wrote to the person in the WhatsApp Business app."""
    recipient = {} if person.hides_number else {"to": person.number}
    item = {
        "from": business.phone,
        **recipient,
        "to_user_id": person.user_id,
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": message.type,
        message.type: message.content,
    }
    return Change(field="smb_message_echoes", value=number_value(business, message_echoes=[item]))


def _participant(person: Person) -> dict[str, str]:
    number = {} if person.hides_number else {"recipient_participant_id": person.number}
    return number | {"recipient_participant_user_id": person.user_id}


def _with_url(content: object, url: str | None) -> object:
    return {**content, "url": url} if url is not None and isinstance(content, Mapping) else content
