"""Meta's wire format for webhooks: the envelope, the escaping, the signature.

Source: Meta, "Webhooks" of the WhatsApp Cloud API and of the Graph API (2026).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

from attrs import frozen

from simulator.state.business import BusinessNumber, Person

# Meta escapes these characters in JSON, and everything that is not ASCII. It signs the escaped bytes.
ESCAPED = str.maketrans({"/": "\\/", "<": "\\u003C", "@": "\\u0040", "%": "\\u0025"})
MESSAGES = "messages"
LISTS = ("contacts", "messages", "statuses")
ITEMS_IN_A_VALUE = 2
CHANGES_IN_AN_ENTRY = 2


@frozen(kw_only=True)
class Change:
    """One change: a webhook field and its `value`. Only fields about the account have `at`, in unix seconds."""

    field: str
    value: Mapping[str, object]
    at: int | None = None


def encode(payload: object) -> bytes:
    """The exact bytes of a webhook.

    Escaping the whole text is safe: outside of strings, JSON has none of the characters that Meta escapes.
    """
    return json.dumps(payload, separators=(",", ":")).translate(ESCAPED).encode("ascii")


def signature(body: bytes, *, app_secret: str) -> str:
    """The value of `X-Hub-Signature-256`: HMAC-SHA256, with the app secret, of the bytes that are sent."""
    return f"sha256={hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()}"


def webhook(business: BusinessNumber, changes: Sequence[Change]) -> bytes:
    """The body of one call with all `changes`, spread over values, changes and entries as Meta may do with a batch."""
    merged = _merge_neighbours(changes)
    entries = [
        _entry(business, merged[start : start + CHANGES_IN_AN_ENTRY])
        for start in range(0, len(merged), CHANGES_IN_AN_ENTRY)
    ]
    return encode({"object": "whatsapp_business_account", "entry": entries})


def number_value(business: BusinessNumber, **more: object) -> dict[str, object]:
    """A value about the business number. All values about messages are of this form."""
    metadata = {"display_phone_number": business.phone, "phone_number_id": business.phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata, **more}


def contact(person: Person) -> dict[str, object]:
    """The contact of a person in a webhook. A person who hides the number has a username and no `wa_id`."""
    if person.hides_number:
        return {"profile": {"name": person.name, "username": person.username}, "user_id": person.user_id}
    return {"profile": {"name": person.name}, "wa_id": person.number, "user_id": person.user_id}


def sender(person: Person) -> dict[str, str]:
    number = {} if person.hides_number else {"from": person.number}
    return number | {"from_user_id": person.user_id}


def _entry(business: BusinessNumber, changes: Sequence[Change]) -> dict[str, object]:
    entry: dict[str, object] = {"id": business.account_id}
    entry["changes"] = [{"value": change.value, "field": change.field} for change in changes]
    times = [change.at for change in changes if change.at is not None]
    return entry | ({"time": times[-1]} if times else {})


def _merge_neighbours(changes: Sequence[Change]) -> list[Change]:
    """Merge changes about messages that follow each other into one value, two at a time."""
    merged: list[Change] = []
    sizes: list[int] = []
    for change in changes:
        mergeable = change.field == MESSAGES and "errors" not in change.value
        if merged and mergeable and 0 < sizes[-1] < ITEMS_IN_A_VALUE:
            merged[-1] = Change(field=MESSAGES, value=_merge_values(merged[-1].value, change.value))
            sizes[-1] += 1
        else:
            merged.append(change)
            sizes.append(1 if mergeable else 0)
    return merged


def _merge_values(first: Mapping[str, object], second: Mapping[str, object]) -> Mapping[str, object]:
    lists: dict[str, object] = {}
    for name in LISTS:
        items: list[object] = []
        for value in (first.get(name), second.get(name)):
            items.extend(item for item in (value if isinstance(value, list) else ()) if item not in items)
        if items:
            lists[name] = items
    return {**first, **lists}
