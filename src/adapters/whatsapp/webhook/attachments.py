"""Files, places, contacts and orders in a message.

Shapes: Meta, "messages webhook reference" (2026). A detail that is missing or malformed is left out. A reader returns
None when nothing is left.
"""

from collections.abc import Callable, Iterable, Mapping

from adapters.channel_kit.json_fields import (
    JsonObject,
    maybe_count,
    maybe_identifier,
    maybe_location,
    maybe_number,
    maybe_object,
    maybe_objects,
    maybe_sha256,
    maybe_text,
)
from adapters.whatsapp.webhook.vcards import read_vcard
from domain.messages.inbound import Content, Media, Order, OrderItem, SharedContacts, SharedLocation
from domain.messages.shared_values import ContactCard, MediaKind


def read_file(kind: MediaKind, body: object, *, trouble: str) -> Media | None:
    """The file in `body`. `trouble` is an error that Meta reports with it: then the file cannot be fetched."""
    file = maybe_object(body)
    media_id, caption = maybe_identifier(file.get("id")), maybe_text(file.get("caption"))
    if media_id is None and not (caption or trouble):
        return None
    return Media(
        kind=MediaKind.VOICE if kind is MediaKind.AUDIO and file.get("voice") is True else kind,
        id=media_id or "",
        mime_type=maybe_text(file.get("mime_type")),
        caption=caption,
        filename=maybe_text(file.get("filename")),
        digest=maybe_sha256(file.get("sha256")),
        trouble=trouble or ("" if media_id else "it came without an id"),
    )


def _location(body: object) -> SharedLocation | None:
    place = maybe_object(body)
    location = maybe_location(place, name=place.get("name"), address=place.get("address"))
    return SharedLocation(location=location) if location else None


def _contacts(body: object) -> SharedContacts | None:
    cards = tuple(filter(None, map(_card, maybe_objects(body))))
    return SharedContacts(cards=cards) if cards else None


def _card(contact: JsonObject) -> ContactCard | None:
    """What Meta's fields say, and what the vCard says where they do not.

    The card of a person who hides the phone number has a vCard only.
    """
    vcard = read_vcard(maybe_text(contact.get("vcard")))
    phones = _texts(
        maybe_text(phone.get("phone")) or maybe_text(phone.get("wa_id"))
        for phone in maybe_objects(contact.get("phones"))
    )
    emails = _texts(maybe_text(email.get("email")) for email in maybe_objects(contact.get("emails")))
    phones, emails = phones or vcard.phones, emails or vcard.emails
    organisation = maybe_text(maybe_object(contact.get("org")).get("company")) or vcard.organisation
    name = next(filter(None, (_name(contact), vcard.name, *phones, *emails, organisation)), None)
    return ContactCard(name=name, phones=phones, emails=emails, organisation=organisation) if name else None


def _name(contact: JsonObject) -> str:
    name = maybe_object(contact.get("name"))
    first_and_last = " ".join(_texts(maybe_text(name.get(part)) for part in ("first_name", "last_name")))
    return maybe_text(name.get("formatted_name")) or first_and_last


def _order(body: object) -> Order | None:
    order = maybe_object(body)
    items = tuple(filter(None, map(_order_item, maybe_objects(order.get("product_items")))))
    note = maybe_text(order.get("text"))
    return Order(items=items, note=note) if items or note else None


def _order_item(item: JsonObject) -> OrderItem | None:
    """None for an item without a product. Quantity and price are 0 where they cannot be read."""
    product = maybe_text(item.get("product_retailer_id"))
    if not product:
        return None
    return OrderItem(
        product=product,
        quantity=maybe_count(item.get("quantity")) or 0,
        price=maybe_number(item.get("item_price")) or 0.0,
        currency=maybe_text(item.get("currency")),
    )


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, texts))


# "voice" is the older name of an audio message that is a voice note.
FILES: Mapping[str, MediaKind] = {kind.value: kind for kind in MediaKind}
ATTACHMENTS: Mapping[str, Callable[[object], Content | None]] = {
    "location": _location,
    "contacts": _contacts,
    "order": _order,
}
