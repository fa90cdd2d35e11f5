"""Sessions of the console: a cookie in place of a token.

A browser sends the cookie by itself, so whoever changes something with it must also show that the request comes from a
page of ours: with the CSRF token, which other pages cannot read.
"""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from application.operating.manage_operators import digest_of
from application.ports.sessions import Session, Sessions

COOKIE = "trunkline_session"
CSRF_HEADER = "X-CSRF-Token"
SESSION_SECONDS = 12 * 3600
SECRET_BYTES = 32
MAX_COOKIE_LENGTH = 100
OWN_SITES = frozenset({"same-origin", "none"})

type Connection = ASGIConnection[Any, Any, Any, Any]


class CsrfError(Exception):
    """A request with the cookie changes something, and does not prove that it comes from a page of ours."""


async def begin_session(sessions: Sessions, connection: Connection, session: Session) -> Cookie:
    """Begin a session. Returns its cookie.

    Raises:
        StoreUnavailableError: there is none.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    await sessions.add(digest=digest_of(secret), session=session, seconds=SESSION_SECONDS)
    return _cookie(connection, secret, SESSION_SECONDS)


async def end_session(sessions: Sessions, connection: Connection) -> Cookie:
    """End the session of this connection. Returns the cookie that removes the old one.

    Raises:
        StoreUnavailableError: it goes on.
    """
    await sessions.remove(digest=digest_of(_secret(connection)))
    return _cookie(connection, "", 0)


async def session_of(sessions: Sessions, connection: Connection) -> Session | None:
    """The session of this connection, if it has one.

    Raises:
        StoreUnavailableError: ask again.
    """
    secret = _secret(connection)
    return await sessions.of(digest=digest_of(secret)) if secret else None


def csrf_token(connection: Connection) -> str:
    """The token that belongs to the session of this connection; empty without one. Nothing about it is stored."""
    secret = _secret(connection)
    return hmac.digest(secret.encode(), b"csrf", hashlib.sha256).hex() if secret else ""


def check_csrf(connection: Connection, given: str) -> None:
    """Check the CSRF token of a request that has a session.

    Raises:
        CsrfError: it is missing or wrong.
    """
    if not hmac.compare_digest(given.encode(errors="replace"), csrf_token(connection).encode()):
        raise CsrfError


def check_own_page(connection: Connection) -> None:
    """Check that a login comes from our page: another page must not log somebody in as somebody else.

    Browsers say it in Sec-Fetch-Site over https, and in Origin. A program sends neither.

    Raises:
        CsrfError: it comes from another page.
    """
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is None and origin is not None:
        site = "same-origin" if urlsplit(origin).netloc == connection.headers.get("host") else "cross-site"
    if site is not None and site not in OWN_SITES:
        raise CsrfError


def _secret(connection: Connection) -> str:
    return connection.cookies.get(COOKIE, "")[:MAX_COOKIE_LENGTH]


def _cookie(connection: Connection, value: str, seconds: int) -> Cookie:
    """The cookie. Behind a proxy that speaks https, X-Forwarded-Proto says so; who forges it only harms themselves."""
    is_https = "https" in {connection.base_url.scheme, connection.headers.get("x-forwarded-proto")}
    return Cookie(key=COOKIE, value=value, max_age=seconds, path="/", httponly=True, secure=is_https, samesite="strict")
