"""Tokens are read by those who have the secret, for their purpose, and for a time."""

import base64

import pytest

from application.signed_tokens import MAX_TOKEN, ExpiredTokenError, ForgedTokenError, TokenSigner

OLD, NEW = b"o" * 32, b"n" * 32
SIGNER = TokenSigner(secrets=(NEW, OLD))
CONTENT = {"turn_id": "7-0", "name": "Caf\u00e9 \ud83d"}
TOKEN = SIGNER.sign(CONTENT, purpose="run", expires_at=1000)


def test_a_token_holds_its_content() -> None:
    """Whatever characters it has. The token itself is fit for an address."""
    assert SIGNER.read(TOKEN, purpose="run", now=999) == CONTENT
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_secret_can_be_replaced() -> None:
    """Tokens of the one before still hold as long as it is listed."""
    token = TokenSigner(secrets=(OLD,)).sign(CONTENT, purpose="run", expires_at=1000)

    assert SIGNER.read(token, purpose="run", now=0) == CONTENT
    with pytest.raises(ForgedTokenError):
        TokenSigner(secrets=(NEW,)).read(token, purpose="run", now=0)


def test_a_token_expires() -> None:
    with pytest.raises(ExpiredTokenError):
        SIGNER.read(TOKEN, purpose="run", now=1000)


BODY, _, SIGNATURE = TOKEN.partition(".")
LATER = base64.urlsafe_b64encode(b'{"turn_id":"8-0","expires_at":"9999"}').decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        BODY,
        f"{BODY}.",
        f".{SIGNATURE}",
        f"{LATER}.{SIGNATURE}",
        f"{BODY}.{SIGNATURE[:-1]}",
        f"{BODY}.{SIGNATURE}=",
        f"{BODY}.{SIGNATURE}\u00e9",
        f"\u0661{BODY}.{SIGNATURE}",
        "a" * MAX_TOKEN + TOKEN,
        TokenSigner(secrets=(b"x" * 32,)).sign(CONTENT, purpose="run", expires_at=1000),
        SIGNER.sign(CONTENT, purpose="file", expires_at=1000),
    ],
)
def test_nothing_else_is_a_token(token: str) -> None:
    """A changed one, a half of one, one of another secret, one for another purpose."""
    with pytest.raises(ForgedTokenError):
        SIGNER.read(token, purpose="run", now=0)


def test_the_secrets_are_not_shown() -> None:
    assert "nnn" not in repr(SIGNER)
