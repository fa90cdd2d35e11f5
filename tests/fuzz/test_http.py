"""The web application answers any request, and never with an internal error."""

import json
from ipaddress import ip_network
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar

from adapters.memory.mailbox import MemoryMailbox
from adapters.whatsapp.webhook.inbound import WhatsAppInbound
from application.channels import Channels
from entrypoints.http.app import create_app
from support.dead_letters import dead_letter
from support.fuzzing import Run
from support.http_services import FakeServices
from support.signed_channel import whatsapp
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import NUMBER, sign, webhook

# Each request from an address of its own: many wrong tokens of one address are slowed down.
callers = ip_network("10.0.0.0/8").hosts()
SECRET = "fake-app-secret"
WEBHOOK = "/v1/channels/whatsapp/webhook"
SEGMENTS = ["v1", "channels", "whatsapp", "webhook", "events", "dead-letters", "0.1-0", "replay", "livez", "readyz"]
SEGMENTS += ["metrics", "schema", "openapi.json", "", ".", "..", "%00", "%2e%2e", "%2F", "%ff", "whats%61pp", "a" * 300]
# The bytes that servers pass on. Ours closes connections with too large a head before the application sees them.
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "PURGE"]
HEADERS = [b"host", b"authorization", b"content-type", b"content-length", b"content-encoding", b"x-hub-signature-256"]
HEADERS += [b"last-event-id", b"accept", b"accept-encoding", b"cookie", b"origin", b"range", b"x-forwarded-for", b"te"]

paths = st.lists(st.sampled_from(SEGMENTS), max_size=6).map(lambda segments: "/" + "/".join(segments)) | st.just(
    WEBHOOK
)
header_values = st.binary(max_size=40).filter(lambda value: not {0, 10, 13} & set(value)) | st.sampled_from(
    [
        b"Bearer ",
        b"Bearer not-a-real-admin-token",
        b"bearer \xff",
        b"gzip",
        b"-1",
        b"999999999999",
        b"application/json; charset=utf-16",
    ]
)
headers = st.lists(
    st.tuples(st.sampled_from(HEADERS) | st.from_regex(rb"[a-z-]{1,20}", fullmatch=True), header_values), max_size=6
)
queries = st.binary(max_size=60) | st.sampled_from(
    [b"hub.mode=subscribe&hub.verify_token=&hub.challenge=%00", b"limit=1&limit=x", b"after=0.99999999999999999999-0"]
)
bodies = st.binary(max_size=200) | st.just(webhook(text_message()))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["entry", "changes", "value", "messages"]), inner)
    ),
    max_leaves=15,
)


@frozen
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


@define
class Exchange:
    """One request as a server passes it to an application, its body in pieces, and the response."""

    scope: dict[str, Any]
    pieces: list[bytes]
    sent: list[dict[str, Any]] = field(factory=list)

    async def receive(self) -> dict[str, Any]:
        if not self.pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self.pieces.pop(0), "more_body": bool(self.pieces)}

    async def send(self, event: Any) -> None:
        self.sent.append(event)

    @property
    def answer(self) -> Answer:
        start, *rest = self.sent
        return Answer(start["status"], dict(start["headers"]), b"".join(event.get("body", b"") for event in rest))


@frozen
class Site:
    """The application and its client."""

    app: Litestar
    run: Run

    def ask(self, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]], *pieces: bytes) -> Answer:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query,
            "headers": headers,
            "client": (str(next(callers)), 1),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        exchange = Exchange(scope, list(pieces) or [b""])
        self.run(self.app(scope, exchange.receive, exchange.send))  # type: ignore[arg-type]
        return exchange.answer


@pytest.fixture(scope="module")
def site(run: Run) -> Site:
    """A real WhatsApp channel with a mailbox in memory. The event stream has ended, because it has its own tests."""
    services = FakeServices()
    services.dead_letters.letters.append(dead_letter())
    inbound = WhatsAppInbound(
        numbers={NUMBER: "whatsapp"}, channel="whatsapp", verify_tokens=("t",), app_secrets=(SECRET,)
    )
    channels = Channels.of([evolve(whatsapp(), inbound=inbound)])
    services = services.services()
    store = services.receive.store_messages
    store = evolve(store, channels=channels, intake=evolve(store.intake, inbox=MemoryMailbox()))
    receive = evolve(services.receive, channels=channels, store_messages=store)
    services.stopping.set()
    app = create_app(evolve(services, receive=receive, verify=evolve(services.verify, channels=channels)))
    return Site(app, run)


def check(answer: Answer) -> None:
    """Errors are problem documents. Only the readiness probe may answer 503."""
    assert answer.status < 500 or json.loads(answer.body)["parts"]["service"] == "stopping"
    if answer.status >= 400 and answer.body:
        assert answer.headers[b"content-type"] == b"application/problem+json"
        assert json.loads(answer.body)["status"] == answer.status
    assert b"Traceback" not in answer.body
    assert SECRET.encode() not in answer.body


requests = st.tuples(st.sampled_from(METHODS), paths, queries, headers, bodies)


@settings(max_examples=500)
@given(asked=requests)
def test_any_request(site: Site, asked: tuple[str, str, bytes, list[tuple[bytes, bytes]], bytes]) -> None:
    """Odd methods, unknown addresses, headers of any bytes."""
    check(site.ask(*asked))


@settings(max_examples=500)
@given(document=json_values, cuts=st.lists(st.integers(0, 500), max_size=5))
def test_any_signed_body_in_any_pieces(site: Site, document: object, cuts: list[int]) -> None:
    """A genuine sender gets 200, whatever the entries of its webhook are."""
    body = json.dumps({"object": "whatsapp_business_account", "entry": document}).encode()
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(edges)]
    signature = [(name.encode(), value.encode()) for name, value in sign(body, SECRET).items()]

    assert site.ask("POST", WEBHOOK, b"", signature, *pieces).status == 200


@settings(max_examples=500)
@given(body=bodies, headers=headers)
def test_no_unsigned_body_is_stored(site: Site, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """403, whatever else is in the request. A length over the limit is refused before."""
    answer = site.ask("POST", WEBHOOK, b"", headers, body)

    assert answer.status in {400, 403, 413}


@settings(max_examples=300)
@given(token=st.binary(max_size=60).filter(lambda token: token.strip() != b"not-a-real-admin-token"))
def test_no_other_token_is_accepted(site: Site, token: bytes) -> None:
    """Of any bytes that a header may have."""
    answer = site.ask("GET", "/v1/dead-letters", b"", [(b"authorization", b"Bearer " + token)])

    assert answer.status == 401
