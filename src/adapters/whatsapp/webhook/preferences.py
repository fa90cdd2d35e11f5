"""Who wants marketing messages, and who does not any more.

Shape: Meta, "user_preferences webhook reference" (2026).
"""

from adapters.whatsapp.webhook.details import details
from adapters.whatsapp.webhook.fields import mapping, maybe_timestamp, plain
from adapters.whatsapp.webhook.people import Contacts
from domain.conversations.account_events import MarketingPreference
from domain.messages.inbound import Unrecognised

MARKETING = "marketing_messages"
ALLOWED = {"stop": False, "resume": True, "signup": True}
MAX_SAID = 512


def read_preference(
    item: object, *, channel: str, contacts: Contacts, arrived_at: float
) -> MarketingPreference | Unrecognised:
    """One item of `user_preferences`; what is about something else is only shown. Without its time it is of now.

    Raises:
        MalformedItemError: when it does not say whose.
    """
    fields = mapping(item, "user_preference")
    value = plain(fields.get("value"))
    if plain(fields.get("category")) != MARKETING or value not in ALLOWED:
        only = ("wa_id", "user_id", "category", "value")
        return Unrecognised(channel=channel, kind="field:user_preferences", detail=details(fields, only=only))
    names = {"from": "wa_id", "from_user_id": "user_id", "from_parent_user_id": "parent_user_id"}
    return MarketingPreference(
        channel=channel,
        person=contacts.person({ours: fields.get(theirs) for ours, theirs in names.items()}, side="from"),
        allowed=ALLOWED[value],
        at=maybe_timestamp(fields.get("timestamp")) or arrived_at,
        said=plain(fields.get("detail"))[:MAX_SAID],
    )
