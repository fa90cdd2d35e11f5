"""Files, places, people and orders."""

from typing import Any

import pytest

from domain.messages.inbound import (
    Media,
    Order,
    OrderItem,
    SharedContacts,
    SharedLocation,
    Unsupported,
)
from domain.messages.shared_values import ContactCard, Location, MediaKind
from support.broken_payloads import NO_OBJECTS
from support.whatsapp_messages import (
    FILE_DIGEST,
    MIME_TYPES,
    card,
    contacts_message,
    file_message,
    location_message,
    message,
    order_message,
)
from support.whatsapp_parsing import content_of


@pytest.mark.parametrize("kind", MIME_TYPES)
def test_a_file(kind: str) -> None:
    """Its id, its type, and the digest in hexadecimal."""
    assert content_of(file_message(kind)) == Media(
        kind=MediaKind(kind), id="300000000000003", mime_type=MIME_TYPES[kind], digest=FILE_DIGEST
    )


def test_a_file_with_a_caption_and_a_name() -> None:
    """Both come from the person."""
    found = content_of(file_message("document", file={"caption": "The plan", "filename": "plan.pdf"}))

    assert isinstance(found, Media)
    assert (found.caption, found.filename) == ("The plan", "plan.pdf")


@pytest.mark.parametrize(
    ("voice", "kind"), [(True, MediaKind.VOICE), (False, MediaKind.AUDIO), ("true", MediaKind.AUDIO)]
)
def test_a_voice_note_differs_from_other_audio(voice: object, kind: MediaKind) -> None:
    """Meta marks voice notes."""
    found = content_of(file_message("audio", file={"voice": voice}))

    assert isinstance(found, Media)
    assert found.kind is kind


def test_only_audio_can_be_a_voice_note() -> None:
    """The mark on another kind of file is ignored."""
    found = content_of(file_message("video", file={"voice": True}))

    assert isinstance(found, Media)
    assert found.kind is MediaKind.VIDEO


@pytest.mark.parametrize(
    ("written", "digest"),
    [
        (FILE_DIGEST, FILE_DIGEST),
        (FILE_DIGEST.upper(), FILE_DIGEST),
        ("a1b2c3d4e5f6...", None),
        ("4654+8g=", None),
        ("ü", None),
        (FILE_DIGEST[:-1], None),
        (FILE_DIGEST + "00", None),
        (5, None),
        (None, None),
    ],
)
def test_a_digest_may_be_hexadecimal_too(written: object, digest: str | None) -> None:
    """Other values are left out."""
    found = content_of(file_message(file={"sha256": written}))

    assert isinstance(found, Media)
    assert found.digest == digest


def test_details_of_a_file_that_are_malformed_are_left_out() -> None:
    """The file can still be fetched."""
    file = {"mime_type": 5, "caption": ["a"], "filename": {}, "sha256": True, "voice": 7}

    assert content_of(file_message("audio", file=file)) == Media(kind=MediaKind.AUDIO, id="300000000000003")


@pytest.mark.parametrize("kind", MIME_TYPES)
@pytest.mark.parametrize("body", [*NO_OBJECTS, {"id": 5}, {"id": ""}, {"id": "x" * 1000}])
def test_a_file_that_cannot_be_fetched_is_unsupported(kind: str, body: object) -> None:
    """There is no id to request."""
    assert content_of(message(kind, body)) == Unsupported(kind=kind)


ERRORS = [{"code": 131052, "title": "Media download error", "error_data": {"details": "It was not uploaded."}}]


@pytest.mark.parametrize("kind", ["image", "video", "document"])
@pytest.mark.parametrize(("file_id", "known"), [("300000000000003", "300000000000003"), (None, "")])
def test_a_file_beside_an_error_keeps_its_caption(kind: str, file_id: str | None, known: str) -> None:
    """The caption is still the person's text. The file cannot be opened."""
    found = content_of(file_message(kind, file={"id": file_id, "caption": "My bill"}, errors=ERRORS))

    assert isinstance(found, Media)
    assert (found.id, found.caption) == (known, "My bill")
    assert found.trouble == "131052 Media download error: It was not uploaded."


def test_a_file_without_an_id_keeps_its_caption() -> None:
    """There is no error beside it."""
    found = content_of(file_message(file={"id": None, "caption": "My bill"}))

    assert isinstance(found, Media)
    assert (found.caption, bool(found.trouble)) == ("My bill", True)


def test_a_voice_note_of_the_older_kind() -> None:
    """Its type was "voice"."""
    found = content_of(message("voice", {"id": "7", "mime_type": "audio/ogg; codecs=opus"}))

    assert found == Media(kind=MediaKind.VOICE, id="7", mime_type="audio/ogg; codecs=opus")


@pytest.mark.parametrize(("latitude", "longitude"), [(12.25, -43.5), ("12.25", "-43.5")])
def test_a_location(latitude: object, longitude: object) -> None:
    """Degrees may be numbers or strings."""
    place = {"name": "Harbour", "address": "1 Quay", "url": "https://example.com"}

    assert content_of(location_message(latitude, longitude, place=place)) == SharedLocation(
        location=Location(latitude=12.25, longitude=-43.5, name="Harbour", address="1 Quay")
    )


@pytest.mark.parametrize("degrees", [90.001, -91, "1000", 1e300, "nan", "inf", "north", "", None, True, [], {}])
def test_a_place_that_is_not_on_this_earth_is_unsupported(degrees: object) -> None:
    """The message is not lost."""
    assert content_of(location_message(latitude=degrees)) == Unsupported(kind="location")


def test_the_longitude_has_a_range_of_its_own() -> None:
    """It is twice that of the latitude."""
    assert isinstance(content_of(location_message(longitude=-180)), SharedLocation)
    assert content_of(location_message(longitude=180.1)) == Unsupported(kind="location")


def test_contacts() -> None:
    """Every card has all its numbers and addresses."""
    acme = card(
        "Ana Lima", "+55 11 5555", org={"company": "Acme"}, emails=[{"email": "ana@example.com", "type": "WORK"}]
    )

    assert content_of(contacts_message(acme, card())) == SharedContacts(
        cards=(
            ContactCard(name="Ana Lima", phones=("+55 11 5555",), emails=("ana@example.com",), organisation="Acme"),
            ContactCard(name="Barbara Johnson", phones=("+1 (415) 555-0829",)),
        )
    )


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ({"name": {"formatted_name": "Ana L.", "first_name": "Ana"}}, "Ana L."),
        ({"name": {"formatted_name": 5, "first_name": "Ana", "last_name": "Lima"}}, "Ana Lima"),
        ({"vcard": "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lima\\, Ana\r\nEND:VCARD"}, "Lima, Ana"),
        ({"phones": [{"phone": "+1 650"}]}, "+1 650"),
        ({"phones": [5, {"phone": 5, "wa_id": "1650"}]}, "1650"),
        ({"emails": ["junk", {"email": "ana@example.com"}]}, "ana@example.com"),
        ({"org": {"company": "Acme"}}, "Acme"),
        (
            {"name": "junk", "phones": "junk", "emails": 7, "org": [], "vcard": {}, "birthday": 1} | card(),
            "Barbara Johnson",
        ),
    ],
)
def test_a_card_goes_by_the_best_name_there_is(contact: dict[str, Any], name: str) -> None:
    """A person who hides the phone number has a name only in the vCard."""
    found = content_of(contacts_message(contact))

    assert isinstance(found, SharedContacts)
    assert [shared.name for shared in found.cards] == [name]


def test_a_malformed_card_costs_none_of_the_others() -> None:
    """The readable cards are kept."""
    found = content_of(contacts_message(5, card("Ana"), {"name": {}}, None))

    assert isinstance(found, SharedContacts)
    assert [shared.name for shared in found.cards] == ["Ana"]


@pytest.mark.parametrize("body", [*NO_OBJECTS, [5], [{}]])
def test_unreadable_contacts_are_unsupported(body: object) -> None:
    """None of the cards can be read."""
    assert content_of(message("contacts", body)) == Unsupported(kind="contacts")


def test_an_order() -> None:
    """Every product with its price, and the note."""
    soda = {"product_retailer_id": "SODA", "quantity": "2", "item_price": "10", "currency": "ILS"}
    bun = {"product_retailer_id": "BUN", "quantity": 1, "item_price": 4.5, "currency": "ILS"}

    assert content_of(order_message(soda, bun, note="No ice")) == Order(
        items=(
            OrderItem(product="SODA", quantity=2, price=10.0, currency="ILS"),
            OrderItem(product="BUN", quantity=1, price=4.5, currency="ILS"),
        ),
        note="No ice",
    )


@pytest.mark.parametrize("quantity", [None, "many", 1.5, -1, True, 10**30, []])
def test_unreadable_numbers_of_an_order_are_zero(quantity: object) -> None:
    """The product itself is kept."""
    odd = {"product_retailer_id": "SODA", "quantity": quantity, "item_price": "dear", "currency": 5}

    assert content_of(order_message(odd)) == Order(items=(OrderItem(product="SODA", quantity=0, price=0, currency=""),))


def test_a_malformed_item_of_an_order_costs_none_of_the_others() -> None:
    """Nor the note."""
    bun = {"product_retailer_id": "BUN", "quantity": 1, "item_price": 4.5, "currency": "ILS"}

    found = content_of(order_message(5, {"quantity": 3}, bun, note="Please"))

    assert isinstance(found, Order)
    assert [wanted.product for wanted in found.items] == ["BUN"]
    assert found.note == "Please"


@pytest.mark.parametrize("body", [*NO_OBJECTS, {"product_items": 5}, {"product_items": [{}], "text": ""}])
def test_an_order_of_nothing_is_unsupported(body: object) -> None:
    """It has neither products nor a note."""
    assert content_of(message("order", body)) == Unsupported(kind="order")
