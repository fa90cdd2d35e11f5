"""What holds for every webhook."""

import json
from typing import Any

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.channel_events import AccountNotice, HumanReply, MarketingPreference
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Unrecognised, Unsupported
from domain.people.aliases import IdentityChange
from support.broken_payloads import ODD_VALUES, Path, junk, names, places, replaced, without
from support.whatsapp_messages import NOW, PERSON, Json, every_message, system_message, text_message
from support.whatsapp_parsing import parse
from support.whatsapp_webhooks import USER_ID, change, contact, echo, entry, status, user_id_update

# A message must have a sender, a time, an id and a type. All other fields are details.
ESSENTIAL = {"id", "from", "timestamp", "type"}
CIRCUMSTANCES = {
    "from_user_id": USER_ID,
    "from_parent_user_id": USER_ID,
    "errors": [{"code": 131051, "title": "t", "error_data": {"details": "d"}}],
    "context": {"from": "1", "id": "wamid.0", "forwarded": True, "referred_product": {"product_retailer_id": "SKU"}},
    "referral": {"source_url": "u", "headline": "h", "body": "b"},
}
ANNOTATIONS = {"reaction", "edit", "revoke"}
MESSAGES = [{**CIRCUMSTANCES, **message} for message in every_message()]
DETAILS = [
    (message, where)
    for message in MESSAGES
    for where in places(message)
    if where[0] not in ESSENTIAL and where[0] not in ANNOTATIONS
]


def dump(document: object) -> bytes:
    return json.dumps(document).encode()


def envelope(*changes: object) -> Json:
    return {"object": "whatsapp_business_account", "entry": [entry(*changes)]}


def sample(*messages: object) -> Json:
    """A rich, valid webhook: every field."""
    errors = [{"code": 131047, "title": "t", "error_data": {"details": "d"}}]
    system = system_message(system={"wa_id": "15550009999", "user_id": USER_ID})
    failed = status("failed", errors=errors, pricing={"billable": True, "category": "service"})
    banned = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    return envelope(
        change(messages=[*messages, system], contacts=[contact("Ana", user_id=USER_ID)], statuses=[failed]),
        change(field="smb_message_echoes", message_echoes=[echo(to_user_id=USER_ID)]),
        change(field="user_id_update", user_id_update=[user_id_update()]),
        change(
            field="user_preferences",
            user_preferences=[{"wa_id": PERSON, "category": "marketing_messages", "value": "stop", "timestamp": NOW}],
        ),
        {"field": "account_update", "value": banned},
        {"field": "flows", "value": {}},
    )


SAMPLE = sample(MESSAGES[0])
# Each change by itself: beside all others, each value would be read with all of them again.
FIRST_MESSAGE = ("entry", 0, "changes", 0, "value", "messages", 0)
PLACES = [
    (document, where) for document in map(envelope, SAMPLE["entry"][0]["changes"]) for where in places(document)
] + [
    (envelope(change(messages=[message])), (*FIRST_MESSAGE, *where))
    for message in MESSAGES[1:]
    for where in places(message)
]


def is_detail(where: Path) -> bool:
    """Whether it is one of `DETAILS`, of which more is asked below."""
    *first, name = where[: len(FIRST_MESSAGE) + 1]
    return tuple(first) == FIRST_MESSAGE and name not in ESSENTIAL and name not in ANNOTATIONS


def is_sound(event: Any) -> bool:
    """Whether it is one of the known events, with texts that can be stored."""
    json.dumps(asdict(event), ensure_ascii=False, allow_nan=False).encode()
    match event:
        case InboundMessage():
            return bool(event.id and event.conversation.user) and event.sent_at >= 0
        case StatusUpdate() | HumanReply():
            return bool(event.message_id) and event.at >= 0
        case _:
            return isinstance(event, IdentityChange | MarketingPreference | AccountNotice | Unrecognised)


def test_the_sample_is_valid() -> None:
    """Nothing in it is malformed, and every kind of event comes out of it."""
    events = parse(dump(sample(*MESSAGES)))

    about_people = {InboundMessage, StatusUpdate, IdentityChange, HumanReply, MarketingPreference}
    kinds = {*about_people, AccountNotice, Unrecognised}
    assert {type(event) for event in events} == kinds
    assert [event.kind for event in events if isinstance(event, Unrecognised)] == ["field:flows"]


@given(document=st.dictionaries(names, junk))
def test_any_object_is_read(document: dict[str, object]) -> None:
    """It becomes events, and raises no error."""
    assert all(map(is_sound, parse(dump({**document, "object": "whatsapp_business_account"}))))


@pytest.mark.parametrize("what", ODD_VALUES, ids=repr)
def test_a_webhook_with_any_field_replaced_by_an_odd_value_is_read(what: object) -> None:
    """Every field in turn. The details of messages have a test of their own, which asks for more."""
    for document, where in PLACES:
        if not is_detail(where):
            assert all(map(is_sound, parse(dump(replaced(document, where, what)))))


@given(place=st.sampled_from(PLACES), what=junk)
def test_a_webhook_with_one_field_replaced_is_read(place: tuple[Json, Path], what: object) -> None:
    """At any place, by any value."""
    document, where = place

    assert all(map(is_sound, parse(dump(replaced(document, where, what)))))


def test_a_webhook_with_any_field_missing_is_read() -> None:
    """Every field in turn."""
    for document, where in PLACES:
        assert all(map(is_sound, parse(dump(without(document, where)))))


def is_read(message: Json, contacts: object = None, *, deep: bytes = b"") -> bool:
    """Whether it becomes a message. The `deep` value is put at the marked place."""
    body = dump(envelope(change(messages=[message], contacts=contacts))).replace(b'"DEEP"', deep)
    (event,) = parse(body)
    return isinstance(event, InboundMessage) and is_sound(event)


@pytest.mark.parametrize("what", ODD_VALUES, ids=repr)
def test_no_odd_detail_loses_a_message(what: object) -> None:
    """Of any type, every detail in turn."""
    lost = [(message["type"], where) for message, where in DETAILS if not is_read(replaced(message, where, what))]

    assert not lost


def test_no_detail_that_is_nested_very_deeply_loses_a_message() -> None:
    """As deep as the decoder goes."""
    deep = b"[" * 600 + b"]" * 600

    lost = [where for message, where in DETAILS if not is_read(replaced(message, where, "DEEP"), deep=deep)]

    assert not lost


@given(detail=st.sampled_from(DETAILS), what=junk, contacts=junk)
def test_no_malformed_detail_loses_a_message(detail: tuple[Json, Path], what: object, contacts: object) -> None:
    """Nor do malformed contacts."""
    message, where = detail

    assert is_read(replaced(message, where, what), contacts)
    assert is_read(without(message, where), contacts)


@given(
    neighbours=st.tuples(*[st.lists(junk, max_size=3)] * 3),
    contacts=junk,
    statuses=junk,
    position=st.integers(min_value=0, max_value=3),
)
def test_a_well_formed_message_is_never_lost(
    neighbours: tuple[list[object], list[object], list[object]], contacts: object, statuses: object, position: int
) -> None:
    """At every level, other items in the batch make no difference."""
    messages, changes, entries = neighbours
    messages.insert(position, text_message("Hello", wamid="wamid.ours"))
    changes.insert(position, change(messages=messages, contacts=contacts, statuses=statuses))
    entries.insert(position, entry(*changes))
    body = dump({"object": "whatsapp_business_account", "entry": entries})

    events = parse(body)

    ours = [event for event in events if isinstance(event, InboundMessage) and event.id == "wamid.ours"]
    assert len(ours) == 1
    assert all(map(is_sound, events))


TAPS = [message for message in MESSAGES if message["type"] in {"interactive", "button"} and message["type"] in message]


def changed(message: Json, data: st.DataObject) -> Json:
    """The message with one field removed, or replaced by junk or by a name that Meta uses."""
    where = data.draw(st.sampled_from(places(message)))
    if data.draw(st.booleans()):
        return dict(without(message, where))
    kinds = st.sampled_from([message["type"] for message in MESSAGES])
    return dict(replaced(message, where, data.draw(junk | names | kinds)))


@given(message=st.sampled_from([*MESSAGES, system_message(system={"wa_id": "15550009999"})]), data=st.data())
def test_a_changed_message_costs_none_of_its_neighbours(message: Json, data: st.DataObject) -> None:
    """It becomes an event, and the others are read."""
    neighbours = text_message(wamid="before"), text_message(wamid="after")

    first, unread, last = parse(dump(envelope(change(messages=[neighbours[0], changed(message, data), neighbours[1]]))))

    assert isinstance(first, InboundMessage)
    assert isinstance(last, InboundMessage)
    assert (first.id, last.id) == ("before", "after")
    assert is_sound(unread)


@given(tap=st.sampled_from(TAPS), data=st.data())
def test_no_tap_is_answered_with_an_apology(tap: Json, data: st.DataObject) -> None:
    """Any value of one field may be wrong or missing."""
    (unread,) = parse(dump(envelope(change(messages=[changed(tap, data)]))))

    assert not (isinstance(unread, InboundMessage) and isinstance(unread.content, Unsupported))
