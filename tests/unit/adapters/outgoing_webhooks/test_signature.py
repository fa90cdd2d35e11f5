"""Signatures of Standard Webhooks."""

import base64
import hashlib
import hmac

from adapters.outgoing_webhooks.signature import signed_headers

# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(*secrets: str, at: float = 1614265330.9) -> dict[str, str]:
    return signed_headers(message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=BODY, secrets=secrets)


def test_the_example_of_the_specification() -> None:
    """A library that checks such signatures accepts ours."""
    assert headers(SECRET) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": EXPECTED,
    }


def test_a_secret_of_any_other_form_is_taken_as_it_is() -> None:
    """Also one that only looks like base64."""
    for secret in ("a text of one's own", "whsec_not base64!"):
        signed = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + BODY
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()

        assert headers(secret)["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_each_secret_signs() -> None:
    """While a secret is changed, a receiver may know either."""
    signatures = headers("the new secret of two", SECRET)["webhook-signature"].split(" ")

    assert len(signatures) == 2
    assert signatures[1] == EXPECTED


def test_the_time_is_signed() -> None:
    """A message cannot be sent again under another time."""
    assert headers(SECRET, at=1614265331)["webhook-signature"] != EXPECTED
