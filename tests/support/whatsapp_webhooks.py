"""Webhook bodies as Meta sends and signs them. Shapes: Cloud API webhook reference, 2026."""

import hashlib
import hmac
import json
from typing import Any

from support.whatsapp_messages import NOW, PERSON, Json

NUMBER = "100000000000001"
USER_ID = "US.13491208655302741918"
URL = "https://example.org/v1/channels/whatsapp/webhook"
PARENT_ID = "US.ENT.11815799212886844830"


def echo(body: str = "I take over", *, to: str | None = PERSON, wamid: str = "wamid.echo.1", **more: Any) -> Json:
    """One item of `message_echoes`: somebody of the business wrote by hand; another type comes in with `more`."""
    sent_to = {"to": to} if to else {}
    written = {"from": "15550001111", "id": wamid, "timestamp": str(NOW), "type": "text", "text": {"body": body}}
    return {**written, **sent_to, **more}


def user_id_update(previous: str = USER_ID, current: str = "US.20837465019283746501", **more: Any) -> Json:
    """One item of `user_id_update`."""
    ids = {"user_id": {"previous": previous, "current": current}}
    return {"wa_id": PERSON, "detail": "User id has been updated.", "timestamp": str(NOW), **ids, **more}


def account_webhook(field: str = "account_update", **value: Any) -> bytes:
    """A notice about an account names no number."""
    return envelope(entry({"field": field, "value": value}))


def contact(
    name: str = "Ana", *, phone: str | None = PERSON, user_id: str | None = None, parent_id: str | None = None
) -> Json:
    names = {"wa_id": phone, "user_id": user_id, "parent_user_id": parent_id}
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
    """The signature header that Meta sends with `body`."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}"}
