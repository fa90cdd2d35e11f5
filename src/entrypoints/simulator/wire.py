"""Meta's wire format for webhooks: the envelope, the escaping, the signature."""

import hashlib
import hmac
import json

from entrypoints.simulator.business import BusinessNumber, Person
from entrypoints.simulator.phones import ChatMessage, Tick

# Meta signs and sends JSON with these escaped as well, beside everything that is not ASCII.
ESCAPED = str.maketrans({"/": "\\/", "<": "\\u003C", "@": "\\u0040", "%": "\\u0025"})
UNDELIVERABLE = 131026


def encode(payload: object) -> bytes:
    """The exact bytes of a webhook. None of the characters Meta escapes occurs in JSON outside of a string."""
    return json.dumps(payload, separators=(",", ":")).translate(ESCAPED).encode("ascii")


def signature(body: bytes, *, app_secret: str) -> str:
    """The value of `X-Hub-Signature-256`: HMAC-SHA256 with the app secret over the bytes as they are sent."""
    return f"sha256={hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()}"


def message_webhook(business: BusinessNumber, person: Person, message: ChatMessage) -> bytes:
    """What Meta calls the webhook with when a person has written."""
    item = {
        "from": person.number,
        "from_user_id": person.user_id,
        "id": message.id,
        "timestamp": str(int(message.at)),
        "type": "text",
        "text": {"body": message.body},
    }
    return _envelope(business, {"contacts": [_contact(person)], "messages": [item]})


def status_webhook(
    business: BusinessNumber, person: Person | None, message: ChatMessage, status: Tick, *, at: float
) -> bytes:
    """What Meta calls the webhook with when a message of the business came further; `at` in unix seconds."""
    item: dict[str, object] = {
        "id": message.id,
        "status": status.value,
        "timestamp": str(int(at)),
        "recipient_id": message.number,
    }
    if message.reference is not None:
        item["biz_opaque_callback_data"] = message.reference
    if status is Tick.FAILED:
        return _envelope(business, {"statuses": [item | {"errors": [_undeliverable()]}]})
    if status in (Tick.SENT, Tick.DELIVERED):
        item["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    if person is None:
        return _envelope(business, {"statuses": [item]})
    item["recipient_user_id"] = person.user_id
    return _envelope(business, {"contacts": [_contact(person)], "statuses": [item]})


def _contact(person: Person) -> dict[str, object]:
    return {"profile": {"name": person.name}, "wa_id": person.number, "user_id": person.user_id}


def _undeliverable() -> dict[str, object]:
    title = "Message undeliverable"
    details = {"details": "Message Undeliverable."}
    return {"code": UNDELIVERABLE, "title": title, "message": title, "error_data": details}


def _envelope(business: BusinessNumber, value: dict[str, object]) -> bytes:
    metadata = {"display_phone_number": business.phone, "phone_number_id": business.phone_number_id}
    change = {"value": {"messaging_product": "whatsapp", "metadata": metadata, **value}, "field": "messages"}
    entry = {"id": business.account_id, "changes": [change]}
    return encode({"object": "whatsapp_business_account", "entry": [entry]})
