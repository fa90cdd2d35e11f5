"""The signature of both directions: HMAC-SHA256 over the raw body, with a secret that both sides know."""

import hashlib
import hmac

HEADER = "x-chat-signature"


def sign(secret: str, body: bytes) -> str:
    """The value of the header."""
    return f"sha256={hmac.digest(secret.encode(), body, hashlib.sha256).hex()}"
