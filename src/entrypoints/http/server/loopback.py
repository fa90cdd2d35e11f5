"""Keep other web pages away from what runs on this machine for its user alone."""

import json
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
REFUSAL = json.dumps(
    {
        "type": "urn:trunkline:problem:not-this-machine",
        "title": "Forbidden",
        "status": 403,
        "detail": "Only http://localhost and pages from there may call this: see Host and Origin.",
    }
).encode()


def loopback_only(app: ASGIApp) -> ASGIApp:
    """`app` for calls that name this machine by a loopback name, and from pages of the same origin or from no page.

    A browser lets every page send requests to this machine. A page cannot read the answers, unless its own name leads
    here (DNS rebinding): then the Host header holds that name. What a page sends by POST changes things all the same:
    then the Origin header holds where the page is from.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _from_here(scope):
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(REFUSAL))]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": REFUSAL, "more_body": False})

    return guarded


def _from_here(scope: Scope) -> bool:
    hosts, origins = ([_text(value) for name, value in scope["headers"] if name == key] for key in (b"host", b"origin"))
    if len(hosts) != 1 or _hostname(hosts[0]) not in LOOPBACK_HOSTS:
        return False
    return all(origin == f"http://{hosts[0]}" for origin in origins)


def _text(value: bytes) -> str:
    return value.decode("latin-1").lower()


def _hostname(host: str) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return None
    return parts.hostname if parts.netloc == host and "@" not in host else None
