"""Tokens that hold what they allow, signed: each process with the secret can read them, and nobody can make one up."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from attrs import field, frozen
from attrs.validators import min_len

# In characters. The longest that we write is that of a file with a long name.
MAX_TOKEN = 4096


class ForgedTokenError(Exception):
    """We did not write this token, or we wrote it for another purpose."""


class ExpiredTokenError(Exception):
    """The token is ours, and its time is over."""


@frozen(kw_only=True)
class TokenSigner:
    """The first of the `secrets` signs. Tokens that were signed with another one still hold: so they can be replaced.

    A token is its content (JSON in base 64), a dot, and HMAC-SHA256 of purpose and content (base 64). Anybody can read
    the content.
    """

    secrets: tuple[bytes, ...] = field(repr=False, validator=min_len(1))

    def sign(self, content: Mapping[str, str], *, purpose: str, expires_at: float) -> str:
        """A token that may stand in an address. `expires_at`: unix seconds."""
        written = json.dumps({**content, "expires_at": f"{expires_at:.0f}"}, separators=(",", ":"))
        body = _as_text(written.encode())
        return f"{body}.{_as_text(_digest(self.secrets[0], purpose, body))}"

    def read(self, token: str, *, purpose: str, now: float) -> Mapping[str, str]:
        """The content of the token.

        Raises:
            ForgedTokenError, ExpiredTokenError: it allows nothing.
        """
        body, _, signature = token.partition(".")
        if len(token) > MAX_TOKEN or not token.isascii():
            raise ForgedTokenError
        expected = (_as_text(_digest(secret, purpose, body)) for secret in self.secrets)
        if not any(hmac.compare_digest(signature, each) for each in expected):
            raise ForgedTokenError
        content: dict[str, str] = json.loads(_as_bytes(body))
        if now >= float(content.pop("expires_at")):
            raise ExpiredTokenError
        return content


def _digest(secret: bytes, purpose: str, body: str) -> bytes:
    return hmac.digest(secret, f"{purpose}.{body}".encode(), hashlib.sha256)


def _as_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _as_bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ForgedTokenError from error
