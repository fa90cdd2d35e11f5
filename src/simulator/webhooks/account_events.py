"""Webhook events besides messages, about the account and about people, with an example of each.

Shapes: Meta, webhook reference of the WhatsApp Cloud API (2026).
"""

import time
from collections.abc import Callable, Mapping

from simulator.state.business import BusinessNumber, default_people
from simulator.state.groups import SAMPLE_GROUP
from simulator.webhooks.meta_errors import webhook_error
from simulator.webhooks.wire import contact, number_value

UNAVAILABLE = 131016
# Fields about a number. Unlike those about an account, their entries have no time.
TIMELESS = frozenset(("calls", "group_participants_update", "history", "messages", "smb_app_state_sync"))
ANA = default_people()[0]

type Value = Mapping[str, object]


class UnknownAccountEventError(LookupError):
    """There is no example for this webhook field."""


def example(field: str, business: BusinessNumber) -> Value:
    """An example of a value of this webhook field.

    Raises:
        UnknownAccountEventError: there is no example.
    """
    if field not in EXAMPLES:
        raise UnknownAccountEventError(f"no example of {field!r}; there are examples of {', '.join(sorted(EXAMPLES))}")
    return EXAMPLES[field](business)


def account_errors(business: BusinessNumber) -> Value:
    """Errors of the account, which come in the field `messages`."""
    return number_value(business, errors=[webhook_error(UNAVAILABLE)])


def _restriction(_: BusinessNumber) -> Value:
    restriction = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": int(time.time()) + 86400}
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": [restriction]}


def _preferences(business: BusinessNumber) -> Value:
    preference = {
        "category": "marketing_messages",
        "value": "stop",
        "detail": "User requested to stop marketing messages",
    }
    person = {"wa_id": ANA.number, "timestamp": int(time.time())}
    return number_value(business, user_preferences=[person | preference])


def _call(business: BusinessNumber) -> Value:
    """Ana called, and nobody answered."""
    call = {
        "id": "wacid.ABGGFjFVU2AfAgo6V",
        "from": ANA.number,
        "from_user_id": ANA.user_id,
        "to": business.phone,
        "event": "terminate",
        "direction": "USER_INITIATED",
        "status": "FAILED",
        "timestamp": _now(),
    }
    return number_value(business, contacts=[contact(ANA)], calls=[call])


def _history(business: BusinessNumber) -> Value:
    """Messages of the WhatsApp Business app from before the number moved to the Cloud API."""
    details = {"timestamp": _now(), "type": "text", "history_context": {"status": "READ"}}
    messages = [
        {"from": ANA.number, "id": "wamid.history.1", "text": {"body": "Are you open today?"}} | details,
        {"from": business.phone, "id": "wamid.history.2", "text": {"body": "Until six"}} | details,
        {"from": ANA.number, "id": "wamid.history.3"} | details | {"type": "media_placeholder"},
    ]
    chunk = {"phase": 0, "chunk_order": 1, "progress": 100}
    return number_value(business, history=[{"metadata": chunk, "threads": [{"id": ANA.number, "messages": messages}]}])


def _address_book(business: BusinessNumber) -> Value:
    """A person was added to the address book of the WhatsApp Business app."""
    person = {"full_name": ANA.name, "first_name": ANA.name, "phone_number": ANA.number, "user_id": ANA.user_id}
    added = {"type": "contact", "contact": person, "action": "add", "metadata": {"timestamp": _now()}}
    return number_value(business, state_sync=[added])


def _group(business: BusinessNumber) -> Value:
    """A person joined a group by its link."""
    joined = {
        "timestamp": _now(),
        "group_id": SAMPLE_GROUP,
        "type": "group_participants_add",
        "reason": "invite_link",
        "added_participants": [{"wa_id": ANA.number, "user_id": ANA.user_id}],
    }
    return number_value(business, groups=[joined])


def _now() -> str:
    return str(int(time.time()))


EXAMPLES: Mapping[str, Callable[[BusinessNumber], Value]] = {
    "messages": account_errors,
    "account_update": _restriction,
    "user_preferences": _preferences,
    "calls": _call,
    "history": _history,
    "smb_app_state_sync": _address_book,
    "group_participants_update": _group,
}
