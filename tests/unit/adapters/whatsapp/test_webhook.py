"""What a webhook holds."""

import pytest

from adapters.whatsapp.inbound import WhatsAppInbound
from application.ports.inbound_channel import InboundEvent, MalformedWebhookError
from domain.conversations import Conversation, Person
from domain.delivery import DeliveryStatus, StatusUpdate
from domain.messages import InboundMessage, Text, Unrecognised, Unsupported
from support.whatsapp_payloads import (
    NOW,
    NUMBER,
    PERSON,
    change,
    contact,
    entry,
    envelope,
    message,
    status,
    text_message,
)
from support.whatsapp_payloads import webhook as one_change

OTHER_NUMBER = "100000000000009"
USER_ID = "CO.13491208655302741918"
INBOUND = WhatsAppInbound(
    numbers={NUMBER: "whatsapp", OTHER_NUMBER: "whatsapp-sales"}, channel="whatsapp", verify_token="t"
)


def parse(body: bytes) -> tuple[InboundEvent, ...]:
    return INBOUND.parse(body=body, arrived_at=1_750_000_005.25)


def only(body: bytes) -> InboundEvent:
    (event,) = parse(body)
    return event


def only_message(body: bytes) -> InboundMessage:
    event = only(body)
    assert isinstance(event, InboundMessage)
    return event


def only_unrecognised(body: bytes) -> Unrecognised:
    event = only(body)
    assert isinstance(event, Unrecognised)
    return event


def test_a_text_message() -> None:
    """Every field of it."""
    body = one_change(text_message("Hola"), contacts=[contact("Ana", user_id=USER_ID)])

    assert only(body) == InboundMessage(
        id="wamid.1",
        conversation=Conversation(channel="whatsapp", user=PERSON),
        person=Person(phone=PERSON, user_id=USER_ID, name="Ana"),
        content=Text(body="Hola"),
        sent_at=float(NOW),
        arrived_at=1_750_000_005.25,
    )


def test_a_batch_over_two_entries_for_two_numbers() -> None:
    """Three messages and two statuses: all of them, each under its own number."""
    body = envelope(
        entry(
            change(messages=[text_message("a", wamid="m.1"), text_message("b", wamid="m.2")]),
            change(number=OTHER_NUMBER, statuses=[status(wamid="s.1")]),
        ),
        entry(change(number=OTHER_NUMBER, messages=[text_message("c", wamid="m.3")], statuses=[status(wamid="s.2")])),
    )

    found = [
        (event.conversation.channel, event.id)
        if isinstance(event, InboundMessage)
        else (event.channel, event.message_id)
        for event in parse(body)
        if not isinstance(event, Unrecognised)
    ]

    assert found == [
        ("whatsapp", "m.1"),
        ("whatsapp", "m.2"),
        ("whatsapp-sales", "s.1"),
        ("whatsapp-sales", "m.3"),
        ("whatsapp-sales", "s.2"),
    ]


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

    messages = parse(one_change(text_message("a"), bob, hidden, contacts=contacts))

    assert [message.person.name for message in messages if isinstance(message, InboundMessage)] == [
        "Ana",
        "Bob",
        "Cleo",
    ]


@pytest.mark.parametrize("contacts", [None, [], {}, "junk", [None], [{}], [{"profile": 5}], [contact(phone="1")]])
def test_a_message_needs_no_contact(contacts: object) -> None:
    """Missing, malformed or somebody else's."""
    assert only_message(one_change(text_message(), contacts=contacts)).person == Person(phone=PERSON)


def test_somebody_without_a_phone_number() -> None:
    """Known by the business-scoped user id alone, in the person and in the conversation."""
    found = only_message(one_change(text_message(sender=None, from_user_id=USER_ID)))

    assert found.person == Person(phone=None, user_id=USER_ID)
    assert found.conversation == Conversation(channel="whatsapp", user=USER_ID)


def test_contacts_without_names_do_not_match_somebody_without_a_phone_number() -> None:
    """Two missing fields are not the same name."""
    stranger = {"profile": {"name": "Stranger"}}

    assert (
        only_message(one_change(text_message(sender=None, from_user_id=USER_ID), contacts=[stranger])).person.name
        is None
    )


@pytest.mark.parametrize(
    "kind", ["image", "audio", "video", "document", "sticker", "location", "contacts", "order", "unknown", "hologram"]
)
def test_what_has_no_words_is_unsupported(kind: str) -> None:
    """By Meta's name for it, and the person still gets an answer."""
    assert only_message(one_change(message(kind, {"id": "media.1"}))).content == Unsupported(kind=kind)


def test_an_unsupported_message_says_what_it_was() -> None:
    """A poll, for example."""
    errors = [{"code": 131051, "title": "Message type unknown"}]
    body = one_change(message("unsupported", {"type": "poll_creation"}, errors=errors))

    assert only_message(body).content == Unsupported(kind="unsupported", detail="poll_creation")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("button", {"payload": "YES", "text": "Yes please"}),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes please"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "1", "title": "Yes please", "description": "d"}}),
    ],
)
def test_a_tap_says_what_was_written_on_it(kind: str, content: object) -> None:
    """It carries words."""
    assert only_message(one_change(message(kind, content))).content == Text(body="Yes please")


@pytest.mark.parametrize(
    "content", [None, 5, [], {}, {"type": "nfm_reply", "nfm_reply": {}}, {"button_reply": {"title": 5}}]
)
def test_an_interactive_message_without_words_is_unsupported(content: object) -> None:
    """Also the broken one Meta is known to send."""
    found = only_message(one_change(message("interactive", content))).content

    assert isinstance(found, Unsupported)
    assert found.kind == "interactive"


@pytest.mark.parametrize("kind", ["reaction", "system", "edit", "revoke"])
def test_what_asks_nothing_is_only_shown(kind: str) -> None:
    """Nobody waits for an answer to it."""
    assert only_unrecognised(one_change(message(kind, {}))).kind == f"message:{kind}"


def test_a_message_in_a_group_is_not_answered_as_if_it_were_for_us() -> None:
    """The others would read it."""
    assert only_unrecognised(one_change(text_message(group_id="g.1"))).kind == "message:group"


def test_what_our_own_people_wrote_is_no_message_to_us() -> None:
    """Echoes come under a field of their own."""
    echoes = [{"from": "15550001111", "to": PERSON, "id": "wamid.9", "timestamp": "1", "type": "text"}]
    body = one_change(field="smb_message_echoes", message_echoes=echoes)

    assert only(body) == Unrecognised(channel="whatsapp", kind="field:smb_message_echoes", detail="")


def test_an_unknown_field_is_kept_visible() -> None:
    """Under the channel itself where no number is named."""
    body = envelope(entry({"field": "account_update", "value": {"event": "DISABLED_UPDATE"}}))

    assert only(body) == Unrecognised(channel="whatsapp", kind="field:account_update", detail="")


@pytest.mark.parametrize("metadata", [{"phone_number_id": "42"}, {}, None, [], {"phone_number_id": 42}])
def test_messages_for_an_unknown_number_are_not_ours(metadata: object) -> None:
    """They are shown, and not answered from the wrong number."""
    assert only_unrecognised(one_change(text_message(), metadata=metadata)).kind == "number:unknown"


@pytest.mark.parametrize(
    "change_",
    [
        {"text": {"body": 5}},
        {"text": {}},
        {"text": None},
        {"text": "words"},
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"id": "x" * 1000},
        {"type": None},
        {"type": 5},
        {"from": 15550002222},
        {"from": None},
        {"from": ""},
        {"from": "US.134912"},
        {"from": "x" * 1000},
        {"timestamp": None},
        {"timestamp": True},
        {"timestamp": -1},
        {"timestamp": "-1"},
        {"timestamp": "soon"},
        {"timestamp": "١٢"},
        {"timestamp": 1e300},
        {"timestamp": 10**30},
        {"timestamp": "1750000000000"},
        {"timestamp": []},
    ],
    ids=str,
)
def test_a_malformed_message_is_told_of_and_stops_none(change_: dict[str, object]) -> None:
    """The reason names the field; nothing of what was written gets into it."""
    malformed = {**text_message("my secret"), **change_}
    body = one_change(text_message(wamid="m.1"), malformed, text_message(wamid="m.2"), statuses=[status(wamid="s.1")])

    first, told, second, last = parse(body)

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert isinstance(last, StatusUpdate)
    assert isinstance(told, Unrecognised)
    assert told.kind == "message:malformed"
    assert told.detail
    assert "secret" not in told.detail


@pytest.mark.parametrize("timestamp", ["0", 1_750_000_000, 1_750_000_000.5])
def test_a_time_may_be_a_number(timestamp: object) -> None:
    """Meta writes strings here and numbers there."""
    assert only_message(one_change({**text_message(), "timestamp": timestamp})).sent_at == float(str(timestamp))


def test_half_an_emoji_is_replaced() -> None:
    """It could not be stored; the rest of the words can."""
    body = one_change(text_message("MARK")).replace(b"MARK", rb"cut \ud83d here")

    assert only_message(body).content == Text(body="cut ? here")


def test_an_absurd_integer_stops_nothing() -> None:
    """Python refuses to read integers of so many digits."""
    junk = b'{"type": ' + b"9" * 5000 + b"}"
    body = one_change(text_message(), "JUNK").replace(b'"JUNK"', junk)

    found, told = parse(body)

    assert isinstance(found, InboundMessage)
    assert isinstance(told, Unrecognised)


@pytest.mark.parametrize("name", DeliveryStatus)
def test_a_status(name: DeliveryStatus) -> None:
    """With the reference of the send it is about."""
    body = one_change(statuses=[status(name.value, reference="turn/0/whatsapp:1")])

    assert only(body) == StatusUpdate(
        channel="whatsapp",
        message_id="wamid.out.1",
        status=name,
        at=float(NOW),
        reference="turn/0/whatsapp:1",
    )


def test_a_failed_status_says_why() -> None:
    """In Meta's words, with the code one can look up."""
    errors = [
        {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "More than 24 hours"}},
        {"code": 131026, "title": "Undeliverable", "error_data": "plain text"},
        {"code": 1},
        "junk",
    ]

    event = only(one_change(statuses=[status("failed", errors=errors)]))

    assert isinstance(event, StatusUpdate)
    assert event.errors == (
        "131047 Re-engagement message: More than 24 hours",
        "131026 Undeliverable: plain text",
        "1",
        "no reason given",
    )


def test_an_unknown_status_is_kept_visible() -> None:
    """Meta adds new ones."""
    assert only_unrecognised(one_change(statuses=[status("teleported")])).kind == "status:teleported"


@pytest.mark.parametrize("junk", [None, 5, [], {}, {"status": "sent"}, {"status": 5, "id": "x"}, status() | {"id": ""}])
def test_a_malformed_status_is_told_of_and_stops_none(junk: object) -> None:
    """The others are taken in."""
    first, told, last = parse(one_change(statuses=[status(wamid="s.1"), junk, status(wamid="s.2")]))

    assert isinstance(first, StatusUpdate)
    assert isinstance(last, StatusUpdate)
    assert isinstance(told, Unrecognised)
    assert told.kind == "status:malformed"


def test_an_error_of_the_account_is_kept_visible() -> None:
    """It comes without a message, or beside one."""
    errors = [{"code": 131000, "title": "Something went wrong", "error_data": {"details": "Unsupported payload"}}]

    found, told = parse(one_change(text_message(), errors=errors))

    assert isinstance(found, InboundMessage)
    assert told == Unrecognised(
        channel="whatsapp", kind="value:error", detail="131000 Something went wrong: Unsupported payload"
    )


def test_a_change_that_holds_nothing_we_know_is_kept_visible() -> None:
    """Nothing vanishes."""
    assert only_unrecognised(one_change(conversation_context={})).kind == "value:empty"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (envelope(None), "entry:malformed"),
        (envelope(entry(None)), "change:malformed"),
        (envelope(entry({})), "change:malformed"),
        (envelope(entry(change(messages=5))), "message:malformed"),
        (envelope(entry(change(statuses="x"))), "status:malformed"),
        (b'{"object": "whatsapp_business_account", "entry": 5}', "entry:malformed"),
        (b'{"object": "page", "entry": []}', "object:page"),
        (b'{"object": 5}', "object:none"),
        (b"{}", "object:none"),
    ],
)
def test_a_malformed_envelope_is_told_of(body: bytes, kind: str) -> None:
    """At the level where it is malformed."""
    assert only_unrecognised(body).kind == kind


def test_a_malformed_entry_or_change_stops_none_of_its_neighbours() -> None:
    """At no level of the batch."""
    good = change(messages=[text_message()])
    body = envelope(None, entry(5, good, {"field": "messages"}), {"changes": 5}, entry(good))

    assert len([event for event in parse(body) if isinstance(event, InboundMessage)]) == 2


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"object": "\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"a":' * 100_000,
        "{}".encode("utf-16"),
    ],
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    """Python would accept some of it."""
    with pytest.raises(MalformedWebhookError):
        parse(body)
