"""The structure of a webhook, with any content of its items."""

import pytest

from application.ports.inbound_channel import MalformedWebhookError
from domain.conversations.channel_events import AccountNotice
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Text, Unrecognised, Unsupported
from domain.people.person import Conversation, Person
from support.whatsapp_messages import NOW, PERSON, item, text_message
from support.whatsapp_parsing import ARRIVED_AT, OTHER_NUMBER, only, only_message, only_unrecognised, parse
from support.whatsapp_webhooks import USER_ID, change, contact, entry, envelope, status, webhook


def test_a_text_message() -> None:
    """Every field of it."""
    body = webhook(text_message("Hola"), contacts=[contact("Ana", user_id=USER_ID)])

    assert only_message(body) == InboundMessage(
        id="wamid.1",
        conversation=Conversation(channel="whatsapp", user=PERSON),
        person=Person(phone=PERSON, user_id=USER_ID, name="Ana"),
        content=Text(body="Hola"),
        sent_at=float(NOW),
        arrived_at=ARRIVED_AT,
    )


@pytest.mark.parametrize(("written", "name"), [("Ana\n[forwarded]", "Ana [forwarded]"), (" Ana ", "Ana")])
def test_a_name_is_one_line(written: str, name: str) -> None:
    """Agents read it."""
    body = webhook(text_message("Hola"), contacts=[contact(written)])

    assert only_message(body).person.name == name


def test_a_batch_over_two_entries_for_two_numbers() -> None:
    """Three messages and two statuses, each with its own number."""
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


@pytest.mark.parametrize("metadata", [{"phone_number_id": "42"}, {}, None, [], {"phone_number_id": 42}])
def test_messages_for_an_unknown_number_are_not_ours(metadata: object) -> None:
    """They become events, and are not answered from the wrong number."""
    assert only_unrecognised(webhook(text_message(), metadata=metadata)).kind == "number:unknown"


@pytest.mark.parametrize(
    "change_",
    [
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"id": "x" * 1000},
        {"from": 15550002222},
        {"from": None},
        {"from": ""},
        {"from": "US.134912"},
        {"from": "x" * 1000},
    ],
    ids=str,
)
def test_a_malformed_message_is_an_event_and_stops_no_other(change_: dict[str, object]) -> None:
    """The reason names the field, and holds nothing that the person wrote."""
    malformed = {**text_message("my secret"), **change_}
    body = webhook(text_message(wamid="m.1"), malformed, text_message(wamid="m.2"), statuses=[status(wamid="s.1")])

    first, unread, second, last = parse(body)

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert isinstance(last, StatusUpdate)
    assert isinstance(unread, Unrecognised)
    assert unread.kind == "message:malformed"
    assert unread.detail
    assert "secret" not in unread.detail


@pytest.mark.parametrize("timestamp", [None, True, 0, "0", -1, "-1", "soon", "١٢", 1e300, 10**30, []], ids=str)
def test_without_a_readable_time_a_message_was_sent_when_it_arrived(timestamp: object) -> None:
    """It is still answered. Meta writes 0 if it does not know the time."""
    found = only_message(webhook({**text_message("Hola"), "timestamp": timestamp}))

    assert (found.content, found.sent_at) == (Text(body="Hola"), ARRIVED_AT)


@pytest.mark.parametrize("kind", [None, 5, "", "x" * 1000])
def test_a_message_without_type_and_body_cannot_be_shown(kind: object) -> None:
    """The sender gets an answer that says so."""
    assert only_message(webhook({**item("text"), "type": kind})).content == Unsupported(kind="no type")


@pytest.mark.parametrize(
    ("timestamp", "sent_at"),
    [
        ("1", 1.0),
        (1_750_000_000, 1_750_000_000.0),
        (1_750_000_000.5, 1_750_000_000.5),
        ("1750000000500", 1_750_000_000.5),
        (1_750_000_000_500, 1_750_000_000.5),
    ],
)
def test_a_time_in_every_writing(timestamp: object, sent_at: float) -> None:
    """Meta writes strings here and numbers there, seconds and milliseconds."""
    assert only_message(webhook({**text_message(), "timestamp": timestamp})).sent_at == sent_at


def test_a_huge_integer_is_read() -> None:
    """Python refuses to read integers of so many digits."""
    junk = b'{"type": ' + b"9" * 5000 + b"}"
    body = webhook(text_message(), "JUNK").replace(b'"JUNK"', junk)

    found, unread = parse(body)

    assert isinstance(found, InboundMessage)
    assert isinstance(unread, Unrecognised)


def test_an_error_of_the_account_is_kept_visible() -> None:
    """With or without a message beside it."""
    errors = [{"code": 131000, "title": "Something went wrong", "error_data": {"details": "Unsupported payload"}}]

    found, unread = parse(webhook(text_message(), errors=errors))

    assert isinstance(found, InboundMessage)
    assert unread == Unrecognised(
        channel="whatsapp", kind="value:error", detail="131000 Something went wrong: Unsupported payload"
    )


@pytest.mark.parametrize("code", [0, 10, 190, 200, 299])
def test_an_error_of_a_call_stops_nothing(code: int) -> None:
    """It would be about the token of a call, and a webhook has none."""
    event = only(webhook(errors=[{"code": code, "title": "Access denied"}]), Unrecognised)

    assert event.detail == f"{code} Access denied"


@pytest.mark.parametrize("code", [131042, 131031, 368])
def test_an_error_that_blocks_the_account_is_urgent(code: int) -> None:
    """Like one of Meta's notices."""
    body = webhook(errors=[{"code": code, "title": "Business eligibility payment issue"}])

    assert only(body, AccountNotice) == AccountNotice(
        channel="whatsapp",
        kind="error",
        detail=f"{code} Business eligibility payment issue",
        urgent=True,
        at=ARRIVED_AT,
        dated=False,
    )


STOPPED = {"code": 131042, "title": "Business eligibility payment issue"}


@pytest.mark.parametrize(
    "body",
    [
        envelope({**entry(change(errors=[STOPPED])), "time": NOW - 40 * 86400}),
        webhook(text_message(at=NOW - 40 * 86400), errors=[STOPPED]),
        webhook(text_message(at=NOW - 41 * 86400), statuses=[status(at=NOW - 40 * 86400)], errors=[STOPPED]),
    ],
)
def test_an_error_has_the_time_of_the_items_beside_it(body: bytes) -> None:
    """The time of its entry, or else of the latest message or status beside it."""
    (found,) = [event for event in parse(body) if isinstance(event, AccountNotice)]

    assert (found.at, found.dated) == (NOW - 40 * 86400, True)


def test_a_change_that_holds_nothing_we_know_is_kept_visible() -> None:
    """It becomes an event."""
    assert only_unrecognised(webhook(conversation_context={})).kind == "value:empty"


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
def test_a_malformed_envelope_is_an_event(body: bytes, kind: str) -> None:
    """The event names the level that is malformed."""
    assert only_unrecognised(body).kind == kind


def test_a_malformed_entry_or_change_stops_none_of_its_neighbours() -> None:
    """At every level of the batch."""
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
def test_a_body_that_is_not_json_is_malformed(body: bytes) -> None:
    """Python would accept some of it."""
    with pytest.raises(MalformedWebhookError):
        parse(body)
