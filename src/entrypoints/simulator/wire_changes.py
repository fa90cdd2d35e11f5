"""What Meta calls the webhook with: messages, statuses, echoes, changes of identity.

Source: Meta, webhook reference of the WhatsApp Cloud API and "Business-scoped user IDs" (2026).
"""

from collections.abc import Mapping

from entrypoints.simulator.business import BusinessNumber, Person
from entrypoints.simulator.chat_messages import ChatMessage, Tick
from entrypoints.simulator.meta_errors import webhook_error
from entrypoints.simulator.wire import MESSAGES, Change, contact, number_value, sender

UNDELIVERABLE = 131026
BROKEN = 131000
BILLED = frozenset((Tick.SENT, Tick.DELIVERED))


def message_change(
    business: BusinessNumber, person: Person, message: ChatMessage, *, media_url: str | None = None
) -> Change:
    """A person has written; `media_url` is where the file of a message can be had at once."""
    item: dict[str, object] = {
        **sender(person),
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": message.type,
    }
    if message.content is not None:
        item[message.type] = _with_url(message.content, media_url)
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
    business: BusinessNumber, person: Person | None, message: ChatMessage, status: Tick, *, at: float
) -> Change:
    """A message of the business came further; `at` in unix seconds. Failures have no contacts."""
    item: dict[str, object] = {"id": message.id, "status": status.value, "timestamp": str(int(at))}
    if person is None or not person.hides_number:
        item["recipient_id"] = message.number
    if message.reference is not None:
        item["biz_opaque_callback_data"] = message.reference
    if status is Tick.FAILED:
        if person is not None and person.hides_number:
            item["recipient_user_id"] = person.user_id
        error = message.error or webhook_error(UNDELIVERABLE)
        return Change(field=MESSAGES, value=number_value(business, statuses=[item | {"errors": [dict(error)]}]))
    if status in BILLED:
        item["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    if person is None:
        return Change(field=MESSAGES, value=number_value(business, statuses=[item]))
    item["recipient_user_id"] = person.user_id
    return Change(field=MESSAGES, value=number_value(business, contacts=[contact(person)], statuses=[item]))


def echo_change(business: BusinessNumber, person: Person, message: ChatMessage) -> Change:
    """Somebody wrote to the person in the WhatsApp Business app."""
    receiver = {} if person.hides_number else {"to": person.number}
    item = {
        "from": business.phone,
        **receiver,
        "to_user_id": person.user_id,
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": message.type,
        message.type: message.content,
    }
    return Change(field="smb_message_echoes", value=number_value(business, message_echoes=[item]))


def new_identity_changes(
    business: BusinessNumber, before: Person, after: Person, *, message_id: str, at: float
) -> tuple[Change, Change]:
    """A person has another number, and with it another user id: a system message, and a change of the id's own field.

    System messages have no contacts, and `from` is the old number.
    """
    if after.hides_number:
        body = f"User {before.name} changed their user id"
        system = {"type": "user_changed_user_id", "body": body, "user_id": after.user_id}
    else:
        body = f"User {before.name} changed from {before.number} to {after.number}"
        system = {"type": "user_changed_number", "body": body, "wa_id": after.number, "user_id": after.user_id}
    item = {**sender(before), "id": message_id, "timestamp": str(int(at)), "type": "system", "system": system}
    update: dict[str, object] = {} if after.hides_number else {"wa_id": after.number}
    update["user_id"] = {"previous": before.user_id, "current": after.user_id}
    update |= {"detail": "User id changed", "timestamp": str(int(at))}
    return (
        Change(field=MESSAGES, value=number_value(business, messages=[item])),
        Change(field="user_id_update", value=number_value(business, user_id_update=[update])),
    )


def _with_url(content: object, url: str | None) -> object:
    return {**content, "url": url} if url is not None and isinstance(content, Mapping) else content
