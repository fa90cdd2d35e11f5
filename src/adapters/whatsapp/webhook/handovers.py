"""Conversations that another app of the business has: Meta's conversation routing.

Who has the control gets `messages`; all others get `standby`. `messaging_handovers` tells who has it now. Shapes:
bodies that Meta sent in September 2026:

    {"type": "control_passed", "sender": {"phone_number": "15550002222"}, "recipient": {"phone_number_id": "1"},
     "timestamp": "1750000000", "control_passed": {"previous_owner_app_role": "meta_business_agent"}}
    {"metadata": {"phone_number_id": "1"}, "standby": {"messages": [...], "message_echoes": [...]}}
"""

import contextlib
from collections.abc import Iterator

from adapters.channel_kit.json_fields import (
    JsonObject,
    MalformedItemError,
    json_object,
    maybe_identifier,
    maybe_object,
    maybe_text,
    maybe_timestamp,
)
from adapters.whatsapp.webhook.content import is_annotation, read_content, type_of
from adapters.whatsapp.webhook.people import Contacts
from domain.conversations.channel_events import ThreadControl
from domain.messages.plain_text import describe_content
from domain.people.person import Person

PASSED, TAKEN = "control_passed", "control_taken"


def read_handover(value: JsonObject, *, channel: str, arrived_at: float) -> ThreadControl:
    """The control of a conversation was passed to us, or taken from us.

    Raises:
        MalformedItemError: it does not say whose conversation it is, or what happened.
    """
    kinds = [kind for kind in (PASSED, TAKEN) if value.get("type") == kind or kind in value]
    if len(kinds) != 1:
        raise MalformedItemError("neither control_passed nor control_taken")
    sender = maybe_object(value.get("sender"))
    # As a sender of messages has them.
    names: JsonObject = {
        "from": sender.get("phone_number") or sender.get("wa_id"),
        "from_user_id": sender.get("user_id"),
    }
    at = maybe_timestamp(value.get("timestamp"))
    role = maybe_text(maybe_object(value.get(kinds[0])).get("previous_owner_app_role"))
    return ThreadControl(
        channel=channel,
        person=_known(names),
        is_ours=kinds[0] == PASSED,
        at=arrived_at if at is None else at,
        event_id=f"{kinds[0]}:{maybe_text(value.get('timestamp'))[:20]}",
        description=" from ".join(filter(None, (kinds[0], role[:60]))),
    )


def read_observed(item: object, *, channel: str, contacts: Contacts, arrived_at: float) -> ThreadControl:
    """One item of `standby.messages`: what the person wrote to the app that has the control.

    Raises:
        MalformedItemError: it has no sender or no id.
    """
    fields = json_object(item, "message")
    message_type, message_id = type_of(fields), maybe_identifier(fields.get("id"))
    if message_id is None:
        raise MalformedItemError("id is missing")
    return ThreadControl(
        channel=channel,
        person=contacts.person(fields, side="from"),
        is_ours=False,
        at=maybe_timestamp(fields.get("timestamp")) or arrived_at,
        event_id=message_id,
        description="another app of the business answers",
        text=_words(message_type, fields),
    )


def observed_lists(value: JsonObject) -> Iterator[tuple[str, object]]:
    """The lists of a value of `standby`, by the names that they have elsewhere. They may stand beside `standby` too."""
    standby = maybe_object(value.get("standby"))
    for name in ("messages", "message_echoes"):
        yield name, standby.get(name, value.get(name))


def _known(names: JsonObject) -> Person:
    return Contacts.of([]).person(names, side="from")


def _words(message_type: str, fields: JsonObject) -> str:
    if not is_annotation(message_type, fields):
        with contextlib.suppress(MalformedItemError):
            return describe_content(read_content(message_type, fields))
    return ""
