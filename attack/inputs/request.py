"""One HTTP request as bytes. A hostile one is not always possible with an HTTP library."""

import hashlib
import hmac
from collections.abc import Mapping

from attrs import frozen

from attack.plan import APP_SECRET, CHANNEL

WEBHOOK = f"/v1/channels/{CHANNEL}/webhook"


@frozen(kw_only=True)
class Request:
    """`kind` names it in the report. With `may_be_hung_up` the service may close the connection without a response."""

    kind: str
    data: bytes
    may_be_hung_up: bool = False


def signature(body: bytes) -> str:
    """The value of X-Hub-Signature-256 that Meta sends with `body`."""
    return "sha256=" + hmac.digest(APP_SECRET.encode(), body, hashlib.sha256).hex()


def http(
    method: str, target: str, headers: Mapping[str, str | bytes] | None = None, body: bytes | None = None
) -> bytes:
    """A request line, headers and a body. Nothing is checked or escaped; texts are written as UTF-8."""
    lines = [f"{method} {target} HTTP/1.1".encode(errors="surrogatepass"), b"Host: localhost"]
    for name, value in (headers or {}).items():
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body or b""])


def signed(kind: str, body: bytes, **headers: str) -> Request:
    """A webhook with Meta's signature of any body."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body), **more}
    return Request(kind=kind, data=http("POST", WEBHOOK, named, body))
