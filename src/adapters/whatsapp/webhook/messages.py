"""One item of `messages`: who sent it, what it says, and what it refers to.

Shapes: Meta, "messages webhook reference" and "business-scoped user IDs" (2026).
"""

from adapters.whatsapp.webhook.content import finer_kind, kind_of, only_touches, read_content
from adapters.whatsapp.webhook.details import details
from adapters.whatsapp.webhook.fields import (
    Item,
    identifier,
    mapping,
    maybe_identifier,
    maybe_mapping,
    maybe_timestamp,
    plain,
)
from adapters.whatsapp.webhook.identities import read_system
from adapters.whatsapp.webhook.people import Contacts
from domain.messages.inbound import InboundMessage, Referral, Unrecognised
from domain.people.aliases import IdentityChange
from domain.people.person import Conversation


def read_message(
    item: object, *, channel: str, contacts: Contacts, arrived_at: float
) -> InboundMessage | IdentityChange | Unrecognised:
    """The message `item` is, or why there is nothing to answer in it.

    Raises:
        MalformedItemError: when it cannot be answered: nobody can tell from whom it is, or tell it from others.
            Any other malformed detail is left out; without its time, it was sent when it arrived.
    """
    fields = mapping(item, "message")
    kind = kind_of(fields)
    wamid = identifier(fields.get("id"), "id")
    if fields.get("group_id"):
        who = details(fields, only=("from", "from_user_id", "group_id", "type"))
        return Unrecognised(channel=channel, kind="message:group", detail=f"{wamid} was sent to a group ({who})")
    if kind == "system":
        return read_system(fields, channel=channel)
    person = contacts.person(fields, side="from")
    if kind == "unsupported" and only_touches(kind, fields):
        detail = f"{wamid} from {person.key}: Meta does not say of which message"
        return Unrecognised(channel=channel, kind=f"message:{finer_kind(kind, fields)}", detail=detail)
    sent_at = maybe_timestamp(fields.get("timestamp"))
    context = maybe_mapping(fields.get("context"))
    return InboundMessage(
        id=wamid,
        conversation=Conversation(channel=channel, user=person.key),
        person=person,
        content=read_content(kind, fields),
        sent_at=arrived_at if sent_at is None else sent_at,
        arrived_at=arrived_at,
        quotes=maybe_identifier(context.get("id")),
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        referral=_referral(maybe_mapping(fields.get("referral"))),
        product=plain(maybe_mapping(context.get("referred_product")).get("product_retailer_id")),
    )


def _referral(fields: Item) -> Referral | None:
    """The advertisement or post a person tapped before they wrote; None when nothing can be said of it."""
    referral = Referral(
        url=plain(fields.get("source_url")), headline=plain(fields.get("headline")), body=plain(fields.get("body"))
    )
    return None if referral == Referral() else referral
