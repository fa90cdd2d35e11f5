"""Who sent a webhook: the handshake and the signature."""

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.whatsapp.webhook.inbound import SIGNATURE_HEADER, WhatsAppInbound
from application.ports.inbound_channel import ForgedWebhookError
from support.whatsapp_webhooks import URL, sign

SECRET = "test_app_secret"
BODY = b'{"object":"whatsapp_business_account","entry":[]}'
DIGEST = "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"


def inbound(*secrets: str, verify_token: str = "test-verify-token") -> WhatsAppInbound:
    return WhatsAppInbound(numbers={}, channel="whatsapp", verify_tokens=(verify_token,), app_secrets=secrets)


def test_metas_algorithm_on_known_bytes() -> None:
    """The digest OpenSSL computes for this secret and body."""
    inbound(SECRET).verify(headers={SIGNATURE_HEADER: f"sha256={DIGEST}"}, body=BODY, url=URL)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "sha256=",
        "sha256",
        DIGEST,
        f"sha1={DIGEST}",
        f"sha256={DIGEST.upper()}",
        f"sha256={DIGEST[:-1]}",
        f"sha256={DIGEST}0",
        f"sha256={DIGEST} ",
        f"sha256=sha256={DIGEST}",
        f"sha256={'0' * 64}",
        "sha256=" + "ÿ" * 64,
        "sha256=\x00",
        "sha256=😀",
        "sha256=\ud800",
        "x" * 100_000,
    ],
)
def test_any_other_header_is_forged(value: str) -> None:
    """Malformed, cut, or not even ASCII: always the one error."""
    with pytest.raises(ForgedWebhookError):
        inbound(SECRET).verify(headers={SIGNATURE_HEADER: value}, body=BODY, url=URL)


def test_an_unsigned_call_is_forged() -> None:
    """Where there is a secret, there must be a signature."""
    with pytest.raises(ForgedWebhookError):
        inbound(SECRET).verify(headers={}, body=BODY, url=URL)


def test_without_a_secret_signatures_are_not_checked() -> None:
    """As the integration guide says; the start of the service warns of it."""
    inbound().verify(headers={}, body=BODY, url=URL)


def test_either_of_two_secrets_signs_while_one_is_being_changed() -> None:
    """So no webhook is refused during the change."""
    changing = inbound("old secret", "new secret")

    for secret in ("old secret", "new secret"):
        changing.verify(headers=sign(BODY, secret), body=BODY, url=URL)


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_secret_never_matches(blank: str) -> None:
    """Anybody could sign with it."""
    with pytest.raises(ForgedWebhookError):
        inbound(blank).verify(headers=sign(BODY, blank), body=BODY, url=URL)


def test_a_blank_secret_beside_a_real_one_opens_nothing() -> None:
    """An unset variable in a list of secrets is no back door."""
    with pytest.raises(ForgedWebhookError):
        inbound(SECRET, "").verify(headers=sign(BODY, ""), body=BODY, url=URL)


def test_the_refusal_does_not_reveal_the_secret() -> None:
    """Neither the expected digest nor what was sent."""
    with pytest.raises(ForgedWebhookError) as raised:
        inbound(SECRET).verify(headers={SIGNATURE_HEADER: "sha256=" + "0" * 64}, body=BODY, url=URL)

    assert str(raised.value) == "the signature does not match the body"
    assert raised.value.__cause__ is None


def test_secrets_stay_out_of_the_representation() -> None:
    """It could get into a log."""
    assert SECRET not in repr(inbound(SECRET))
    assert "test-verify-token" not in repr(inbound(SECRET))


@given(body=st.binary(), secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_whatever_is_signed_verifies(body: bytes, secret: str) -> None:
    """The bytes need not be JSON."""
    assume(secret.strip())

    inbound(secret).verify(headers=sign(body, secret), body=body, url=URL)


@given(body=st.binary(min_size=1), position=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_noticed(body: bytes, position: int, flip: int) -> None:
    """At any place in the body."""
    at = position % len(body)
    changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]

    with pytest.raises(ForgedWebhookError):
        inbound(SECRET).verify(headers=sign(body, SECRET), body=changed, url=URL)


@given(value=st.text())
def test_no_header_value_raises_anything_else(value: str) -> None:
    """Whatever bytes somebody sends."""
    with pytest.raises(ForgedWebhookError):
        inbound(SECRET).verify(headers={SIGNATURE_HEADER: value}, body=BODY, url=URL)


def handshake(token: str) -> dict[str, str]:
    return {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}


@pytest.mark.parametrize("token", ["", " "])
def test_an_empty_verify_token_never_verifies(token: str) -> None:
    """Not even against an empty one."""
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}

    with pytest.raises(ForgedWebhookError):
        inbound(verify_token=token).challenge(query=query)


@pytest.mark.parametrize("token", ["new-token", "old-token"])
def test_each_of_several_verify_tokens_verifies(token: str) -> None:
    """While it is replaced."""
    several = evolve(inbound(), verify_tokens=("new-token", "old-token", ""))

    assert several.challenge(query=handshake(token)) == "1"
    with pytest.raises(ForgedWebhookError):
        several.challenge(query=handshake(""))


@pytest.mark.parametrize("token", ["tökén", "test-verify-token ", "\ud800", "x" * 10_000])
def test_another_token_never_verifies(token: str) -> None:
    """With any characters."""
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}

    with pytest.raises(ForgedWebhookError):
        inbound().challenge(query=query)
