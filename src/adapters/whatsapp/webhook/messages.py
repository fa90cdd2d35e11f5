"""One item of `messages`: who sent it, what it says, and what it refers to.

Shapes: Meta, "messages webhook reference" and "business-scoped user IDs" (2026).
"""

from adapters.channel_kit.details import summary, unrecognised
from adapters.channel_kit.json_fields import (
    JsonObject,
    identifier,
    json_object,
    maybe_identifier,
    maybe_object,
    maybe_text,
    maybe_timestamp,
)
from adapters.whatsapp.webhook.content import is_annotation, read_content, subtype_of, type_of
from adapters.whatsapp.webhook.identities import read_system
from adapters.whatsapp.webhook.people import Contacts
from domain.messages.inbound import IdentityCheck, InboundMessage, MessageFacts, Referral, Unrecognised
from domain.people.aliases import IdentityChange
from domain.people.person import Conversation

# Of what Meta says beside a message: no more goes to the store and to the agent. In characters.
MAX_SUMMARY = 2000
MAX_CLICK_ID = 1000
MAX_SOURCE_TYPE = 30


def read_message(
    item: object, *, channel: str, contacts: Contacts, arrived_at: float, summary_of_meta: str = ""
) -> InboundMessage | IdentityChange | Unrecognised:
    """The message in `item`, or the event for a message that needs no answer.

    `summary_of_meta` is what Meta makes of the conversation.
    Any other malformed detail is left out. A message without a time was sent when it arrived.

    Raises:
        MalformedItemError: the message cannot be answered: it has no sender or no id.
    """
    fields = json_object(item, "message")
    message_type = type_of(fields)
    message_id = identifier(fields.get("id"), "id")
    if fields.get("group_id"):
        sender = summary(fields, only=("from", "from_user_id", "group_id", "type"))
        return unrecognised(channel, "message", "group", f"{message_id} was sent to a group ({sender})")
    if message_type == "system":
        return read_system(fields, channel=channel)
    person = contacts.person(fields, side="from")
    if message_type == "unsupported" and is_annotation(message_type, fields):
        detail = f"{message_id} from {person.key}: Meta does not say of which message"
        return unrecognised(channel, "message", subtype_of(message_type, fields), detail)
    context = maybe_object(fields.get("context"))
    return InboundMessage(
        id=message_id,
        conversation=Conversation(channel=channel, user=person.key),
        person=person,
        content=read_content(message_type, fields),
        sent_at=maybe_timestamp(fields.get("timestamp")) or arrived_at,
        arrived_at=arrived_at,
        quotes=maybe_identifier(context.get("id")),
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        referral=_referral(maybe_object(fields.get("referral"))),
        product=maybe_text(maybe_object(context.get("referred_product")).get("product_retailer_id")),
        facts=_facts(fields, username=contacts.username(fields), summary_of_meta=summary_of_meta),
    )


def _referral(fields: JsonObject) -> Referral | None:
    """The advertisement or post that a person tapped before writing; None when no field says anything of it."""
    referral = Referral(
        url=maybe_text(fields.get("source_url")),
        headline=maybe_text(fields.get("headline")),
        body=maybe_text(fields.get("body")),
        source_id=maybe_identifier(fields.get("source_id")) or "",
        source_type=maybe_text(fields.get("source_type"))[:MAX_SOURCE_TYPE],
        click_id=maybe_text(fields.get("ctwa_clid"))[:MAX_CLICK_ID],
    )
    return None if referral == Referral() else referral


def _facts(fields: JsonObject, *, username: str, summary_of_meta: str) -> MessageFacts | None:
    identity = maybe_object(fields.get("identity"))
    check = None
    if key_hash := maybe_identifier(identity.get("hash")):
        check = IdentityCheck(
            hash=key_hash,
            acknowledged=identity.get("acknowledged") is True,
        )
    facts = MessageFacts(username=username, summary=summary_of_meta, identity=check)
    return None if facts == MessageFacts() else facts


def summary_in(value: JsonObject) -> str:
    """What Meta makes of the conversation so far, in a value with messages; empty where it says nothing."""
    context = maybe_object(value.get("conversation_context"))
    return maybe_text(maybe_object(context.get("summary")).get("text"))[:MAX_SUMMARY]
