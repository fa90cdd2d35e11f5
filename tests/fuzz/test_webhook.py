"""Any webhook is refused or read, and nothing else happens."""

import json
from typing import Any

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.webhook.common_reader import read_common
from adapters.whatsapp.webhook.inbound import SIGNATURE_HEADER, WhatsAppInbound
from application.ports.inbound_channel import ForgedWebhookError, InboundEvent, MalformedWebhookError
from domain.conversations.channel_events import HumanReply
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage
from support.broken_payloads import junk, places, replaced, without
from support.whatsapp_messages import PERSON, Json, every_message, system_message, text_message
from support.whatsapp_webhooks import (
    NUMBER,
    URL,
    USER_ID,
    account_webhook,
    change,
    contact,
    echo,
    entry,
    envelope,
    sign,
    status,
    user_id_update,
    webhook,
)

SECRET = "fake-app-secret"
INBOUND = WhatsAppInbound(numbers={NUMBER: "whatsapp"}, channel="whatsapp", verify_tokens=("t",), app_secrets=(SECRET,))
GENUINE = webhook(
    text_message("Grüße 👋"),
    *every_message(context={"id": "wamid.0", "forwarded": True}, referral={"headline": "h"}),
    contacts=[contact(user_id=USER_ID)],
    statuses=[status(reference="7-0/0/whatsapp:1", pricing={"billable": True})],
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=30,
)
tokens = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b":",
        b",",
        b"\\",
        b"\\u",
        b"\\ud800",
        b"null",
        b"1e9999",
        b"-",
        b"NaN",
        b"\xff",
        b"\0",
    ]
)
senders = st.sampled_from([{"from": PERSON}, {"from_user_id": USER_ID}, {"from": PERSON, "from_user_id": USER_ID}])
messages = st.builds(
    lambda message, sender: {key: value for key, value in message.items() if key != "from"} | sender,
    st.sampled_from(every_message()),
    senders,
)
updates = st.sampled_from(
    [
        system_message(system={"wa_id": "15550009999"}),
        status("failed", errors=[{"code": 131047}]),
        echo(to_user_id=USER_ID),
        user_id_update(),
        contact(user_id=USER_ID),
    ]
)


@st.composite
def broken(draw: st.DrawFn) -> object:
    """A well-formed item with some fields replaced or removed, or junk."""
    item: Any = draw(messages | updates)
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(places(item) or [()]))
        if where:
            item = without(item, where) if draw(st.booleans()) else replaced(item, where, draw(junk))
    return item if draw(st.booleans()) else draw(junk)


def mixed(data: st.DataObject, well_formed: st.SearchStrategy[Json], prefix: str) -> tuple[list[object], list[str]]:
    """Well-formed items between broken ones, and the ids of the well-formed ones."""
    items: list[object] = []
    ids: list[str] = []
    for number, item in enumerate(data.draw(st.lists(well_formed.map(lambda good: (good,)) | broken(), max_size=8))):
        if isinstance(item, tuple):
            ids.append(f"{prefix}.{number}")
            items.append({**item[0], "id": ids[-1]})
        else:
            items.append(item)
    return items, ids


def read(body: bytes) -> tuple[InboundEvent, ...]:
    """The events in a body, ready for the store. None when it is refused."""
    try:
        events = INBOUND.read_any(body, arrived_at=0)
    except MalformedWebhookError:
        assert read_common(body, numbers=INBOUND.numbers, arrived_at=0) is None
        return ()
    assert read_common(body, numbers=INBOUND.numbers, arrived_at=0) in (None, events)
    for event in events:
        json.dumps(asdict(event), ensure_ascii=False, allow_nan=False).encode()
    return events


@given(
    body=st.binary()
    | st.lists(tokens).map(b"".join)
    | st.text(st.characters()).map(lambda text: json.dumps(text).encode())
)
def test_any_bytes(body: bytes) -> None:
    """Also those that look like JSON at the beginning."""
    read(body)


@given(document=json_values)
def test_any_json(document: Any) -> None:
    """Of any shape, also with NaN and Infinity."""
    read(json.dumps({"object": "whatsapp_business_account", "entry": document}).encode())
    read(json.dumps(document).encode())


@given(data=st.data())
def test_a_genuine_body_with_some_bytes_changed(data: st.DataObject) -> None:
    """Cut, overwritten, and with inserted bytes."""
    body = GENUINE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 20)) | st.just(len(body)))
        body = body[:start] + data.draw(st.binary(max_size=4) | tokens) + body[end:]

    read(body)


@given(depth=st.integers(1, 200_000), opening=st.sampled_from([b"[", b'{"a":', b'[{"entry":']))
def test_any_depth(depth: int, opening: bytes) -> None:
    """A body of brackets is refused, and does not overflow the stack."""
    assert read(opening * depth) == ()


@given(
    headers=st.dictionaries(
        st.sampled_from([SIGNATURE_HEADER, "x-hub-signature"]) | st.text(), st.text(st.characters())
    ),
    body=st.binary(),
)
def test_no_other_headers_are_accepted_as_a_signature(headers: dict[str, str], body: bytes) -> None:
    """They raise no other error."""
    with pytest.raises(ForgedWebhookError):
        INBOUND.verify(headers=headers, body=body, url=URL)


@given(body=st.binary(), cut=st.integers(0, 70))
def test_a_part_of_a_signature_is_refused(body: bytes, cut: int) -> None:
    """A prefix of the right value is as wrong as any other."""
    whole = sign(body, SECRET)[SIGNATURE_HEADER]

    with pytest.raises(ForgedWebhookError):
        INBOUND.verify(headers={SIGNATURE_HEADER: whole[:cut]}, body=body, url=URL)


@given(
    query=st.dictionaries(st.sampled_from(["hub.mode", "hub.verify_token", "hub.challenge"]), st.text(st.characters()))
)
def test_no_other_handshake_succeeds(query: dict[str, str]) -> None:
    """With any characters in the token."""
    guarded = WhatsAppInbound(numbers={}, channel="whatsapp", verify_tokens=("fake-verify-token",))

    with pytest.raises(ForgedWebhookError):
        guarded.challenge(query=query)


@given(data=st.data())
def test_a_batch_of_all_types_among_broken_ones(data: st.DataObject) -> None:
    """The well-formed items are read in order: messages, statuses, and messages that people wrote by hand."""
    written, message_ids = mixed(data, messages, "ours.message")
    statuses, status_ids = mixed(data, st.builds(status), "ours.status")
    echoes, echo_ids = mixed(data, st.builds(echo), "ours.echo")
    contacts, errors, news = data.draw(junk | st.lists(broken())), data.draw(junk), data.draw(junk)
    changes = [
        change(messages=written, statuses=statuses, contacts=contacts, errors=errors),
        change(field="smb_message_echoes", message_echoes=echoes, contacts=contacts),
        {"field": "account_update", "value": news},
    ]
    for _ in range(data.draw(st.integers(0, 3))):
        changes.insert(data.draw(st.integers(0, len(changes))), data.draw(broken()))

    events = read(envelope(data.draw(junk), entry(*changes), data.draw(junk)))

    ours = [event.id for event in events if isinstance(event, InboundMessage) and event.id.startswith("ours.")]
    proved = [event.message_id for event in events if isinstance(event, StatusUpdate)]
    heard = [event.message_id for event in events if isinstance(event, HumanReply)]
    assert ours == message_ids
    assert [found for found in proved if found.startswith("ours.")] == status_ids
    assert [found for found in heard if found.startswith("ours.")] == echo_ids


@given(field=st.sampled_from(["account_update", "security", "account_alerts"]), value=junk)
def test_any_event_of_the_account(field: str, value: object) -> None:
    """With any value."""
    (event,) = read(account_webhook(field, event=value, ban_info=value))

    assert getattr(event, "kind", None) == field
