"""The sender of a message, the message that it replies to, and where it came from."""

from typing import Any

import pytest

from adapters.channel_kit.json_fields import MAX_NAME_LENGTH
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Referral, Text
from domain.people.aliases import IdentityChange
from domain.people.person import Conversation, Person
from support.aliases import aliases
from support.whatsapp_messages import PERSON, every_message, system_message, text_message
from support.whatsapp_parsing import only_message, only_unrecognised, parse
from support.whatsapp_webhooks import PARENT_ID, USER_ID, contact, status, webhook

NEW_PHONE = "15550009999"

ODD = [None, 5, True, "junk", "", [], [[]], {}, {"id": 5}]


def test_contacts_are_matched_by_name_and_not_by_position() -> None:
    """The lists need not be in the same order."""
    bob = text_message("b", sender="15550003333", wamid="m.2")
    hidden = text_message("c", sender=None, wamid="m.3", from_user_id=USER_ID)
    contacts = [
        contact("Cleo", phone=None, user_id=USER_ID),
        contact("Bob", phone="15550003333"),
        "junk",
        contact("Ana"),
    ]

    messages = parse(webhook(text_message("a"), bob, hidden, contacts=contacts))

    assert [message.person.name for message in messages if isinstance(message, InboundMessage)] == [
        "Ana",
        "Bob",
        "Cleo",
    ]


@pytest.mark.parametrize("contacts", [None, [], {}, "junk", [None], [{}], [{"profile": 5}], [contact(phone="1")]])
def test_a_message_needs_no_contact(contacts: object) -> None:
    """Missing, malformed or somebody else's."""
    assert only_message(webhook(text_message(), contacts=contacts)).person == Person(phone=PERSON)


def test_somebody_without_a_phone_number() -> None:
    """Person and conversation have the business-scoped user id only."""
    found = only_message(webhook(text_message(sender=None, from_user_id=USER_ID)))

    assert found.person == Person(phone=None, user_id=USER_ID)
    assert found.conversation == Conversation(channel="whatsapp", user=USER_ID)


def test_every_type_may_come_from_somebody_without_a_phone_number() -> None:
    """None is lost."""
    written = every_message(sender=None, from_user_id=USER_ID)

    read = parse(webhook(*written, contacts=[contact(phone=None, user_id=USER_ID)]))

    assert [event.person for event in read if isinstance(event, InboundMessage)] == [
        Person(user_id=USER_ID, name="Ana")
    ] * len(written)


def test_contacts_without_names_do_not_match_somebody_without_a_phone_number() -> None:
    """Two missing fields are not the same name."""
    stranger = {"profile": {"name": "Stranger"}}
    hidden = text_message(sender=None, from_user_id=USER_ID)

    assert only_message(webhook(hidden, contacts=[stranger])).person.name is None


def test_all_names_of_a_person() -> None:
    """From the message, and from the contact where the message has none."""
    everybody = Person(phone=PERSON, user_id=USER_ID, parent_id=PARENT_ID, name="Ana")
    written = text_message(from_user_id=USER_ID, from_parent_user_id=PARENT_ID)

    assert only_message(webhook(written, contacts=[contact()])).person == everybody
    assert (
        only_message(webhook(text_message(), contacts=[contact(user_id=USER_ID, parent_id=PARENT_ID)])).person
        == everybody
    )


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"name": "Ana", "username": "ana.example"}, "Ana"),
        ({"username": "ana.example"}, "ana.example"),
        ({"name": 5, "username": "ana.example"}, "ana.example"),
        ({"name": " "}, None),
        ({"name": "Ana " * 1000}, ("Ana " * 1000)[:MAX_NAME_LENGTH]),
    ],
)
def test_a_user_name_stands_in_for_a_name(profile: object, name: str | None) -> None:
    """If there is no name."""
    assert only_message(webhook(text_message(), contacts=[{"wa_id": PERSON, "profile": profile}])).person.name == name


@pytest.mark.parametrize("odd", [None, 5, "", [], {}, "x" * 1000])
def test_a_malformed_user_id_does_not_lose_a_message_with_a_number(odd: object) -> None:
    """Nor does the contact's."""
    contacts = [{"wa_id": PERSON, "user_id": odd, "parent_user_id": odd}]
    written = text_message(from_user_id=odd, from_parent_user_id=odd)

    assert only_message(webhook(written, contacts=contacts)).person == Person(phone=PERSON)


@pytest.mark.parametrize("written", ["+15550002222", "+1 555 000-2222", "1 (555) 000.2222", " 15550002222 "])
def test_every_writing_of_a_phone_number_is_one(written: str) -> None:
    """In the sender, the recipient, a contact, a status, and a changed number."""
    moved = system_message(sender=written, system={"wa_id": f"+{NEW_PHONE}"})
    body = webhook(
        text_message(sender=written),
        moved,
        contacts=[contact("Ana", phone=written)],
        statuses=[status(recipient_id=written)],
    )

    said, change, sent = parse(body)

    assert isinstance(said, InboundMessage)
    assert (said.person, said.conversation.user) == (Person(phone=PERSON, name="Ana"), PERSON)
    assert isinstance(change, IdentityChange)
    assert (change.known, change.new) == (aliases(PERSON), aliases(NEW_PHONE))
    assert isinstance(sent, StatusUpdate)
    assert sent.to == Person(phone=PERSON)


@pytest.mark.parametrize("odd", [None, 5, "", [], {}, "x" * 1000, USER_ID])
def test_a_malformed_number_does_not_lose_a_message_with_a_user_id(odd: object) -> None:
    """A user id is never taken for a number."""
    written = {**text_message(from_user_id=USER_ID), "from": odd}

    assert only_message(webhook(written)).person == Person(user_id=USER_ID)


def test_a_message_that_quotes_nothing() -> None:
    """The usual one."""
    found = only_message(webhook(text_message()))

    assert (found.quotes, found.forwarded, found.product, found.referral) == (None, False, "", None)


def test_a_reply() -> None:
    """Meta gives the id of the quoted message, not its text."""
    assert only_message(webhook(text_message(context={"from": "1555", "id": "wamid.0"}))).quotes == "wamid.0"


@pytest.mark.parametrize("how", ["forwarded", "frequently_forwarded"])
def test_a_forwarded_message(how: str) -> None:
    """Once or often."""
    assert only_message(webhook(text_message(context={how: True}))).forwarded


def test_a_question_about_a_product() -> None:
    """It has the seller's id of the product."""
    product = {"catalog_id": "4", "product_retailer_id": "SKU-7"}

    found = only_message(webhook(text_message(context={"id": "wamid.0", "referred_product": product})))

    assert (found.product, found.quotes) == ("SKU-7", "wamid.0")


def test_somebody_who_came_through_an_advertisement() -> None:
    """With what they saw before they wrote."""
    referral = {
        "source_url": "https://fb.me/x",
        "source_id": "1",
        "source_type": "ad",
        "headline": "Summer sale",
        "body": "Half the price",
        "ctwa_clid": "c",
    }

    assert only_message(webhook(text_message(referral=referral))).referral == Referral(
        url="https://fb.me/x",
        headline="Summer sale",
        body="Half the price",
        source_id="1",
        source_type="ad",
        click_id="c",
    )


@pytest.mark.parametrize("referral", [*ODD, {"source_id": 1, "headline": 5}])
def test_an_advertisement_without_readable_fields_is_left_out(referral: object) -> None:
    """The message stays."""
    assert only_message(webhook(text_message(referral=referral))).referral is None


@pytest.mark.parametrize(
    "context",
    [
        *ODD,
        {"id": "x" * 1000, "forwarded": "yes", "frequently_forwarded": 1, "referred_product": 5},
        {"referred_product": {"product_retailer_id": []}},
    ],
)
def test_a_malformed_context_loses_no_message(context: Any) -> None:
    """The content is kept."""
    found = only_message(webhook(text_message("Hello", context=context)))

    assert found.content == Text(body="Hello")
    assert (found.quotes, found.forwarded, found.product) == (None, False, "")


def test_a_message_in_a_group_is_not_answered_as_if_it_were_for_us() -> None:
    """All members would read the answer. The event shows who wrote, and in which group."""
    unread = only_unrecognised(webhook(text_message("secret", group_id="g.1")))

    assert unread.kind == "message:group"
    assert unread.detail == f"wamid.1 was sent to a group (from: {PERSON}, type: text, group_id: g.1)"
