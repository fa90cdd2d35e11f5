"""Webhook bodies as Meta sends them. Shapes: Cloud API webhook reference, 2026."""

import hashlib
import hmac
import json
import time
from typing import Any

NUMBER = "100000000000001"
PERSON = "15550002222"
# Messages are fresh unless a test is about late ones.
NOW = int(time.time())

type Json = dict[str, Any]


def message(
    kind: str,
    content: object,
    *,
    sender: str | None = PERSON,
    wamid: str = "wamid.1",
    at: int = NOW,
    **more: Any,
) -> Json:
    """One item of `messages`; `sender=None` is somebody who hides the phone number."""
    sent_by = {"from": sender} if sender else {}
    return {**sent_by, "id": wamid, "timestamp": str(at), "type": kind, kind: content, **more}


def text_message(
    body: str = "Hello", *, sender: str | None = PERSON, wamid: str = "wamid.1", at: int = NOW, **more: Any
) -> Json:
    return message("text", {"body": body}, sender=sender, wamid=wamid, at=at, **more)


def contact(name: str = "Ana", *, phone: str | None = PERSON, user_id: str | None = None) -> Json:
    names = {"wa_id": phone, "user_id": user_id}
    return {"profile": {"name": name}, **{key: value for key, value in names.items() if value}}


def status(
    name: str = "delivered",
    *,
    wamid: str = "wamid.out.1",
    at: int = NOW,
    reference: str | None = None,
    **more: Any,
) -> Json:
    """One item of `statuses`; `reference` is what the send carried in `biz_opaque_callback_data`."""
    echo = {"biz_opaque_callback_data": reference} if reference else {}
    return {"id": wamid, "status": name, "timestamp": str(at), "recipient_id": PERSON, **echo, **more}


def change(
    *,
    number: str = NUMBER,
    messages: Any = None,
    statuses: Any = None,
    contacts: Any = None,
    field: str = "messages",
    **more: Any,
) -> Json:
    """One change of one business number."""
    lists = {"contacts": contacts, "messages": messages, "statuses": statuses}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": number},
        **{key: items for key, items in lists.items() if items is not None},
        **more,
    }
    return {"field": field, "value": value}


def entry(*changes: Any, account: str = "200000000000002") -> Json:
    return {"id": account, "changes": list(changes)}


def envelope(*entries: Any) -> bytes:
    return json.dumps({"object": "whatsapp_business_account", "entry": list(entries)}).encode()


def webhook(
    *messages: Any,
    number: str = NUMBER,
    statuses: Any = None,
    contacts: Any = None,
    field: str = "messages",
    **more: Any,
) -> bytes:
    """The body of one POST with one entry and one change."""
    return envelope(
        entry(
            change(
                number=number,
                messages=list(messages) or None,
                statuses=statuses,
                contacts=contacts,
                field=field,
                **more,
            )
        )
    )


def sign(body: bytes, secret: str) -> dict[str, str]:
    """The header Meta sends with `body`."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}"}
