"""Keep web pages of others away from a service that runs on this machine for its user alone."""

import json
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
REFUSAL = json.dumps(
    {
        "type": "urn:trunkline:problem:loopback-only",
        "title": "Forbidden",
        "status": 403,
        "detail": "Only programs and pages of this machine may call this; see the headers Host and Origin.",
    }
).encode()


def loopback_only(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: requests must have a loopback name in Host, and the same origin or none in Origin.

    A browser lets every page send requests to this machine. A page can read the answers only if its own name points
    to this machine (DNS rebinding): the Host header then contains that name. A page can change something by POST
    without reading the answer: the Origin header then contains where the page comes from.
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
