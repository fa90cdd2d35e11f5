"""Whether people take marketing messages.

Shape: Meta, "user_preferences webhook reference" (2026).
"""

from adapters.channel_kit.details import summary, unrecognised
from adapters.channel_kit.json_fields import json_object, maybe_text, maybe_timestamp
from adapters.whatsapp.webhook.people import Contacts
from domain.conversations.channel_events import MarketingPreference
from domain.messages.inbound import Unrecognised

MARKETING = "marketing_messages"
IS_ALLOWED = {"stop": False, "resume": True, "signup": True}
MAX_DESCRIPTION = 512


def read_preference(
    item: object, *, channel: str, contacts: Contacts, arrived_at: float
) -> MarketingPreference | Unrecognised:
    """One item of `user_preferences`. Without a time, it counts from when it arrived.

    Raises:
        MalformedItemError: the item does not say whose preference it is.
    """
    fields = json_object(item, "user_preference")
    value = maybe_text(fields.get("value"))
    if maybe_text(fields.get("category")) != MARKETING or value not in IS_ALLOWED:
        shown = summary(fields, only=("wa_id", "user_id", "category", "value"))
        return unrecognised(channel, "field", "user_preferences", shown)
    names = {"from": "wa_id", "from_user_id": "user_id", "from_parent_user_id": "parent_user_id"}
    return MarketingPreference(
        channel=channel,
        person=contacts.person({ours: fields.get(theirs) for ours, theirs in names.items()}, side="from"),
        allowed=IS_ALLOWED[value],
        at=maybe_timestamp(fields.get("timestamp")) or arrived_at,
        description=maybe_text(fields.get("detail"))[:MAX_DESCRIPTION],
    )
