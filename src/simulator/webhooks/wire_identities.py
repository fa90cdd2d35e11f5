"""Webhook changes about people who have another number, user id or security code.

Source: Meta, "system messages webhook reference" and "Business-scoped user IDs" of the WhatsApp Cloud API (2026).
"""

import hashlib

from simulator.state.business import BusinessNumber, Person
from simulator.webhooks.wire import MESSAGES, Change, contact, number_value, sender


def new_number_change(business: BusinessNumber, before: Person, after: Person, *, message_id: str, at: float) -> Change:
    """A person has another number, and so another user id. `at` is in unix seconds."""
    if after.hides_number:
        body = f"User {before.name} changed their user id"
        system = {"type": "user_changed_user_id", "body": body, "user_id": after.user_id}
    else:
        body = f"User {before.name} changed from {before.number} to {after.number}"
        system = {"type": "user_changed_number", "body": body, "wa_id": after.number, "user_id": after.user_id}
    return _system(business, before, {"system": system}, message_id=message_id, at=at)


def user_id_change(business: BusinessNumber, before: Person, after: Person, *, at: float) -> Change:
    """A person has another user id. This change has a webhook field of its own."""
    update: dict[str, object] = {} if after.hides_number else {"wa_id": after.number}
    update["user_id"] = {"previous": before.user_id, "current": after.user_id}
    update |= {"detail": f"User id for {after.name} has been updated.", "timestamp": str(int(at))}
    changed = {key: value for key, value in contact(after).items() if key != "user_id"}
    return Change(field="user_id_update", value=number_value(business, contacts=[changed], user_id_update=[update]))


def security_code_change(business: BusinessNumber, person: Person, *, message_id: str, at: float) -> Change:
    """A person has installed WhatsApp again. Meta reports this to businesses that turned on the identity check."""
    code = hashlib.sha256(f"{person.number} {at}".encode()).hexdigest()[:12]
    body = f"User {person.name} has a new security code"
    content = {
        "system": {"type": "customer_identity_changed", "body": body, "identity": code},
        "identity": {"acknowledged": False, "created_timestamp": str(int(at)), "hash": code},
    }
    return _system(business, person, content, message_id=message_id, at=at)


def _system(
    business: BusinessNumber, person: Person, content: dict[str, object], *, message_id: str, at: float
) -> Change:
    """A system message has no contacts. Its sender is the person as they were before the change."""
    item = {**sender(person), "id": message_id, "timestamp": str(int(at)), "type": "system", **content}
    return Change(field=MESSAGES, value=number_value(business, messages=[item]))
