"""Messages as people send them: items of `messages` in Meta's webhooks. Shapes: Cloud API webhook reference, 2026.

Whatever makes a message takes `sender`, `wamid` and `at`, and any other field of one, as in `context={"id": "..."}`.
"""

import base64
import hashlib
import json
import time
from typing import Any

PERSON = "15550002222"
FILE = b"the content of a file"
FILE_DIGEST = hashlib.sha256(FILE).hexdigest()
MIME_TYPES = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "audio": "audio/ogg; codecs=opus",
    "document": "application/pdf",
    "sticker": "image/webp",
}
# Messages are fresh unless a test is about late ones.
NOW = int(time.time())

type Json = dict[str, Any]


def item(kind: str, *, sender: str | None = PERSON, wamid: str = "wamid.1", at: int = NOW, **more: Any) -> Json:
    """One item of `messages` without content. `sender=None` is a person who hides the phone number."""
    sent_by = {"from": sender} if sender else {}
    return {**sent_by, "id": wamid, "timestamp": str(at), "type": kind, **more}


def message(kind: str, content: object, **more: Any) -> Json:
    """One item of `messages` with `content`."""
    return item(kind, **{kind: content}, **more)


def text_message(body: str = "Hello", **more: Any) -> Json:
    return message("text", {"body": body}, **more)


def file_message(kind: str = "image", *, file: Json | None = None, **more: Any) -> Json:
    """An image, video, audio, document or sticker; `file` adds to what every file has: `{"voice": True}`."""
    digest = base64.b64encode(bytes.fromhex(FILE_DIGEST)).decode()
    common = {"id": "300000000000003", "mime_type": MIME_TYPES[kind], "sha256": digest}
    return message(kind, {**common, **(file or {})}, **more)


def location_message(
    latitude: object = 12.25, longitude: object = 43.5, *, place: Json | None = None, **more: Any
) -> Json:
    return message("location", {"latitude": latitude, "longitude": longitude, **(place or {})}, **more)


def card(name: str = "Barbara Johnson", phone: str = "+1 (415) 555-0829", **more: Any) -> Json:
    """One of the contacts in a message."""
    phones = [{"phone": phone, "wa_id": "14155550829", "type": "MOBILE"}]
    return {"name": {"formatted_name": name, "first_name": name}, "phones": phones, **more}


def contacts_message(*cards: Any, **more: Any) -> Json:
    return message("contacts", list(cards) or [card()], **more)


def reaction_message(emoji: str | None = "👍", *, to: str = "wamid.out.1", **more: Any) -> Json:
    """Without an emoji it removes an earlier one. Meta then leaves the key out, or sends an empty string."""
    return message("reaction", {"message_id": to} | ({} if emoji is None else {"emoji": emoji}), **more)


def button_reply(title: str = "Yes, please", *, choice: str = "yes", **more: Any) -> Json:
    return message("interactive", {"type": "button_reply", "button_reply": {"id": choice, "title": title}}, **more)


def list_reply(
    title: str = "Tuesday", *, choice: str = "day-2", description: str = "in the morning", **more: Any
) -> Json:
    reply = {"id": choice, "title": title, "description": description}
    return message("interactive", {"type": "list_reply", "list_reply": reply}, **more)


def template_tap(text: str = "Stop", *, payload: str = "stop-offers", **more: Any) -> Json:
    return message("button", {"payload": payload, "text": text}, **more)


def form_reply(fields: object = None, *, name: str = "flow", **more: Any) -> Json:
    """A flow, or an address; `fields` is what was filled in."""
    filled = json.dumps({"flow_token": "t", "seats": 2} if fields is None else fields)
    reply = {"name": name, "body": "Sent", "response_json": filled}
    return message("interactive", {"type": "nfm_reply", "nfm_reply": reply}, **more)


def call_permission_reply(response: str = "accept", **more: Any) -> Json:
    reply = {"response": response, "is_permanent": False, "response_source": "user_action"}
    return message("interactive", {"type": "call_permission_reply", "call_permission_reply": reply}, **more)


def payment_method_reply(**more: Any) -> Json:
    """A tap on a way to pay, in a request for payment."""
    chosen = {"payment_method": "pix", "reference_id": "order-7", "payment_timestamp": NOW}
    return message("interactive", {"type": "payment_method", "payment_method": chosen}, **more)


def order_message(*items: Any, note: str = "", **more: Any) -> Json:
    hamburgers = {"product_retailer_id": "HAMBURGER", "quantity": 3, "item_price": 30.5, "currency": "ILS"}
    order = {"catalog_id": "400000000000004", "text": note, "product_items": list(items) or [hamburgers]}
    return message("order", order, **more)


def unsupported_message(kind: str | None = "poll_creation", *, code: int = 131051, **more: Any) -> Json:
    errors = [{"code": code, "title": "Message type unknown", "error_data": {"details": "It is not supported."}}]
    finer = {"unsupported": {"type": kind}} if kind else {}
    return item("unsupported", errors=errors, **finer, **more)


def edit_message(body: str = "Tomorrow", *, to: str = "wamid.0", **more: Any) -> Json:
    changed = {"type": "text", "text": {"body": body}}
    return message("edit", {"original_message_id": to, "message": changed}, **more)


def revoke_message(to: str = "wamid.0", **more: Any) -> Json:
    return message("revoke", {"original_message_id": to}, **more)


def system_message(kind: str = "user_changed_number", *, system: Json | None = None, **more: Any) -> Json:
    """A change of number or id. The sender has the old names, `system` has the new ones."""
    return message("system", {"type": kind, "body": "User changed", **(system or {})}, **more)


def every_message(**more: Any) -> list[Json]:
    """One message of each type that a person can send, each with its own id, and the one that Meta breaks."""
    messages = [
        text_message(**more),
        *(file_message(kind, **more) for kind in MIME_TYPES),
        file_message("audio", file={"voice": True}, **more),
        location_message(**more),
        contacts_message(**more),
        reaction_message(**more),
        reaction_message(None, **more),
        button_reply(**more),
        list_reply(**more),
        template_tap(**more),
        form_reply(**more),
        call_permission_reply(**more),
        item("interactive", **more),
        order_message(**more),
        unsupported_message(**more),
        edit_message(**more),
        revoke_message(**more),
        message("hologram", {"depth": 3}, **more),
        message("voice", {"id": "300000000000004", "mime_type": MIME_TYPES["audio"]}, **more),
        contacts_message({"vcard": "BEGIN:VCARD\r\nFN:Ana\r\nTEL:+1 650\r\nEND:VCARD"}, **more),
        payment_method_reply(**more),
        message("interactive", {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent"}}, **more),
        item("request_welcome", **more),
    ]
    return [{**one, "id": f"wamid.every.{place}"} for place, one in enumerate(messages)]
