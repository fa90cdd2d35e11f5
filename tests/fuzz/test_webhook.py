"""Whatever is posted to the webhook, it is refused or read, and nothing else happens."""

import json
from typing import Any

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.inbound import SIGNATURE_HEADER, WhatsAppInbound
from application.ports.inbound_channel import ForgedWebhookError, InboundEvent, MalformedWebhookError
from support.whatsapp_payloads import NUMBER, contact, sign, status, text_message, webhook

SECRET = "fake-app-secret"
INBOUND = WhatsAppInbound(numbers={NUMBER: "whatsapp"}, channel="whatsapp", verify_token="t", app_secrets=(SECRET,))
GENUINE = webhook(text_message("Grüße 👋"), contacts=[contact()], statuses=[status(reference="7-0/0/whatsapp:1")])

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


def read(body: bytes) -> tuple[InboundEvent, ...]:
    """The events in a body, which are fit for the store; none when it is refused."""
    try:
        events = INBOUND.parse(body=body, arrived_at=0)
    except MalformedWebhookError:
        return ()
    for event in events:
        json.dumps(asdict(event), ensure_ascii=False).encode()
    return events


@given(
    body=st.binary()
    | st.lists(tokens).map(b"".join)
    | st.text(st.characters()).map(lambda text: json.dumps(text).encode())
)
def test_any_bytes(body: bytes) -> None:
    """Also those that look like JSON for a while."""
    read(body)


@given(document=json_values)
def test_any_json(document: Any) -> None:
    """Of any shape, with the numbers JSON does not have."""
    read(json.dumps({"object": "whatsapp_business_account", "entry": document}).encode())
    read(json.dumps(document).encode())


@given(data=st.data())
def test_a_genuine_body_with_some_bytes_changed(data: st.DataObject) -> None:
    """Cut, overwritten, and with something put in."""
    body = GENUINE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 20)) | st.just(len(body)))
        body = body[:start] + data.draw(st.binary(max_size=4) | tokens) + body[end:]

    read(body)


@given(depth=st.integers(1, 200_000), opening=st.sampled_from([b"[", b'{"a":', b'[{"entry":']))
def test_any_depth(depth: int, opening: bytes) -> None:
    """A body of brackets ends in a refusal, not in the interpreter's stack."""
    assert read(opening * depth) == ()


@given(
    headers=st.dictionaries(
        st.sampled_from([SIGNATURE_HEADER, "x-hub-signature"]) | st.text(), st.text(st.characters())
    ),
    body=st.binary(),
)
def test_no_made_up_headers_pass_for_a_signature(headers: dict[str, str], body: bytes) -> None:
    """Nor do they raise anything else."""
    with pytest.raises(ForgedWebhookError):
        INBOUND.verify(headers=headers, body=body)


@given(body=st.binary(), cut=st.integers(0, 70))
def test_part_of_a_signature_is_none(body: bytes, cut: int) -> None:
    """A prefix of the right value is as wrong as any other."""
    whole = sign(body, SECRET)[SIGNATURE_HEADER]

    with pytest.raises(ForgedWebhookError):
        INBOUND.verify(headers={SIGNATURE_HEADER: whole[:cut]}, body=body)


@given(
    query=st.dictionaries(st.sampled_from(["hub.mode", "hub.verify_token", "hub.challenge"]), st.text(st.characters()))
)
def test_no_made_up_handshake_succeeds(query: dict[str, str]) -> None:
    """Whatever characters the token is made of."""
    guarded = WhatsAppInbound(numbers={}, channel="whatsapp", verify_token="fake-verify-token")

    with pytest.raises(ForgedWebhookError):
        guarded.challenge(query=query)
