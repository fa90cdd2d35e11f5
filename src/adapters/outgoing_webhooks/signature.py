"""Signatures as in Standard Webhooks (https://www.standardwebhooks.com), so that receivers find a library."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

# A secret that begins with this is base64, as the libraries of receivers write it. Every other one is taken as it is.
ENCODED = "whsec_"


def signed_headers(*, message_id: str, at: float, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a message. `at`: unix seconds; receivers refuse what is too old.

    With several secrets, there is a signature of each: a receiver may know only the old or the new one.
    """
    timestamp = str(int(at))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = [hmac.digest(_key(secret), signed, hashlib.sha256) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(signature).decode()}" for signature in signatures),
    }


def _key(secret: str) -> bytes:
    if secret.startswith(ENCODED):
        try:
            return base64.b64decode(secret.removeprefix(ENCODED), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
