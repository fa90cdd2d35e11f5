"""What a person sends beside words: files, places, people and orders.

Shapes: Meta, "messages webhook reference" (2026). What is missing or malformed inside is left out; None when there
is nothing left.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping

from adapters.whatsapp.webhook.fields import Item, maybe_count, maybe_identifier, maybe_mapping, maybe_number, plain
from adapters.whatsapp.webhook.vcards import read_vcard
from domain.messages.inbound import Content, Media, Order, OrderItem, SharedContacts, SharedLocation
from domain.messages.shared_values import ContactCard, Location, MediaKind

SHA256_BYTES = 32
HEXADECIMAL = re.compile(r"[0-9a-fA-F]{64}")


def read_file(kind: MediaKind, body: object, *, trouble: str) -> Media | None:
    """The file in `body`. A `trouble` is what the channel reports beside it: then the file itself cannot be had."""
    file = maybe_mapping(body)
    media_id, caption = maybe_identifier(file.get("id")), plain(file.get("caption"))
    if media_id is None and not (caption or trouble):
        return None
    return Media(
        kind=MediaKind.VOICE if kind is MediaKind.AUDIO and file.get("voice") is True else kind,
        id=media_id or "",
        mime_type=plain(file.get("mime_type")),
        caption=caption,
        filename=plain(file.get("filename")),
        digest=_digest(plain(file.get("sha256"))),
        trouble=trouble or ("" if media_id else "it came without an id"),
    )


def _digest(written: str) -> str | None:
    """The same SHA-256 in hexadecimal; Meta writes base64 in webhooks, and leaves open what elsewhere."""
    if HEXADECIMAL.fullmatch(written):
        return written.lower()
    try:
        digest = base64.b64decode(written, validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == SHA256_BYTES else None


def _location(body: object) -> SharedLocation | None:
    place = maybe_mapping(body)
    latitude, longitude = maybe_number(place.get("latitude")), maybe_number(place.get("longitude"))
    if latitude is None or longitude is None:
        return None
    name, address = plain(place.get("name")), plain(place.get("address"))
    try:
        return SharedLocation(location=Location(latitude=latitude, longitude=longitude, name=name, address=address))
    except ValueError:  # not on this earth
        return None


def _contacts(body: object) -> SharedContacts | None:
    cards = tuple(card for item in _items(body) if (card := _card(item)))
    return SharedContacts(cards=cards) if cards else None


def _card(contact: Item) -> ContactCard | None:
    """What the fields say, and what the vCard says of all else: of who hides the phone number it is all there is."""
    vcard = read_vcard(plain(contact.get("vcard")))
    phones = _texts(plain(phone.get("phone")) or plain(phone.get("wa_id")) for phone in _items(contact.get("phones")))
    emails = _texts(plain(email.get("email")) for email in _items(contact.get("emails")))
    phones, emails = phones or vcard.phones, emails or vcard.emails
    organisation = plain(maybe_mapping(contact.get("org")).get("company")) or vcard.organisation
    name = next(filter(None, (_name(contact), vcard.name, *phones, *emails, organisation)), None)
    return ContactCard(name=name, phones=phones, emails=emails, organisation=organisation) if name else None


def _name(contact: Item) -> str:
    name = maybe_mapping(contact.get("name"))
    spelled = " ".join(_texts(plain(name.get(part)) for part in ("first_name", "last_name")))
    return plain(name.get("formatted_name")) or spelled


def _order(body: object) -> Order | None:
    order = maybe_mapping(body)
    items = tuple(item for fields in _items(order.get("product_items")) if (item := _order_item(fields)))
    note = plain(order.get("text"))
    return Order(items=items, note=note) if items or note else None


def _order_item(item: Item) -> OrderItem | None:
    """A product nobody can name is left out; how many, and at what price, is 0 where it cannot be read."""
    product = plain(item.get("product_retailer_id"))
    if not product:
        return None
    return OrderItem(
        product=product,
        quantity=maybe_count(item.get("quantity")) or 0,
        price=maybe_number(item.get("item_price")) or 0.0,
        currency=plain(item.get("currency")),
    )


def _items(items: object) -> Iterable[Item]:
    return map(maybe_mapping, items if isinstance(items, list) else ())


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, texts))


# "voice" is what voice notes were called before they became audio.
FILES: Mapping[str, MediaKind] = {kind.value: kind for kind in MediaKind}
ATTACHMENTS: Mapping[str, Callable[[object], Content | None]] = {
    "location": _location,
    "contacts": _contacts,
    "order": _order,
}
