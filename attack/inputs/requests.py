"""Hostile requests for every route: ids, queries, headers, bodies and tokens that nobody should send."""

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from urllib.parse import quote, quote_from_bytes

from attack.inputs import json_values
from attack.inputs.request import WEBHOOK, Request, http
from attack.inputs.tokens import FILES, LAST_KINDS, LOGIN, RUN_MESSAGES, TOKEN_KINDS
from attack.people import HOSTILE_NUMBERS
from attack.plan import ADMIN_TOKEN, CHANNEL, VERIFY_TOKEN

LETTERS = "/v1/dead-letters"
MESSAGES = f"/v1/channels/{CHANNEL}/messages"
EVENTS = "/v1/channels/events"
PROPOSALS = "/v1/proposals"
# Method and path of each route; ID is where a name stands.
ROUTES = (
    ("GET", "/livez"),
    ("GET", "/metrics"),
    ("GET", "/schema/openapi.json"),
    ("GET", WEBHOOK),
    ("GET", "/v1/channels/ID/webhook"),
    ("POST", "/v1/channels/ID/webhook"),
    ("GET", LETTERS),
    ("GET", f"{LETTERS}/ID"),
    ("POST", f"{LETTERS}/ID/replay"),
    ("DELETE", f"{LETTERS}/ID"),
    ("GET", "/v1/conversations/ID"),
    ("GET", f"/v1/conversations/{CHANNEL}:ID"),
    ("POST", f"/v1/conversations/{CHANNEL}:ID/human"),
    ("DELETE", f"/v1/conversations/{CHANNEL}:ID/human"),
    ("POST", MESSAGES),
    ("POST", "/v1/channels/ID/messages"),
    ("GET", "/v1/channels/ID/stop"),
    ("DELETE", "/v1/channels/ID/stop"),
    ("GET", EVENTS),
    ("GET", "/v1/conversations"),
    ("GET", f"/v1/conversations/{CHANNEL}:ID/messages"),
    ("GET", f"/v1/conversations/{CHANNEL}:ID/agent"),
    ("PUT", f"/v1/conversations/{CHANNEL}:ID/agent"),
    ("GET", PROPOSALS),
    ("GET", f"{PROPOSALS}/ID"),
    ("POST", f"{PROPOSALS}/ID/approve"),
    ("POST", f"{PROPOSALS}/ID/reject"),
    ("GET", f"/v1/persons/{CHANNEL}:ID"),
    ("GET", "/v1/usage"),
    ("GET", "/v1/audit"),
    ("GET", f"{FILES}/ID"),
    ("POST", RUN_MESSAGES),
    ("GET", "/console/assets/ID"),
    ("GET", LOGIN),
)
OPEN = ("/livez", "/metrics", WEBHOOK, LOGIN, RUN_MESSAGES, f"{FILES}/ID", "/console/assets/ID")
STREAM_IDS = "0-0 18446744073709551616-0 1-1-1 -1-1 1e9-0 0x1-0 + $ > * -".split()
CODED = "% %00 %0d%0aX:1 %ff %ed%a0%80 %F0%9F%98%80 %2e%2e%2f a%2Fb %25s %E2%80%AE %1b[2J %C2%9b31m %20".split()
NAMES = ".. . ~2 ~ ~~1 +15550002222~2 {} {0} whatsapp whatsapp: : :: null NaN".split()
LONG = ("9" * 5_000, f"{'9' * 20}-{'9' * 20}", "x" * 8_000)
IDS = (*STREAM_IDS, *CODED, *NAMES, *LONG)
QUERIES = "limit after before state from to by seconds last_event_id hub.mode hub.challenge hub.verify_token".split()
VALUES = ("", *"0 -1 1e400 NaN inf -inf 0x10 true null [] 1.5".split(), *IDS)
PARTS = "text buttons list link image document location contacts reaction form template data to".split()
HEADERS = "Last-Event-ID Idempotency-Key Accept Host Cookie Content-Type X-Forwarded-For".split()
NEARLY = ("Bearer", "Bearer ", "Basic YTpi", f"Basic {ADMIN_TOKEN}", f"Bearer {ADMIN_TOKEN[:-1]}", ADMIN_TOKEN)
METHODS = (*"TRACE CONNECT PUT PATCH OPTIONS HEAD PROPFIND get".split(), "X" * 300)


def hostile_requests(random: Random, count: int) -> Iterator[Request]:
    """So many of them; each kind is thrown as often as its weight says.

    Wrong tokens come last: whoever guesses is slowed down, and then the right token of the same address is, too.
    """
    kinds = random.choices(list(KINDS), list(KINDS.values()), k=count)
    kinds.sort(key=lambda kind: kind is wrong_token or kind in LAST_KINDS)
    for kind in kinds:
        yield kind(random)


def authorized(**more: str | bytes) -> dict[str, str | bytes]:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Authorization": f"Bearer {ADMIN_TOKEN}", **named}


def odd_id(random: Random) -> Request:
    """An id in an address: from the list, or of unusual characters."""
    method, path = random.choice([route for route in ROUTES if "ID" in route[1]])
    invented = quote(json_values.text(random, longest=500).encode(errors="surrogatepass"), safe="")
    name = random.choice((*IDS, invented, invented, quote_from_bytes(random.randbytes(30), safe="")))
    body = None if method == "GET" else b"{}"
    return Request(kind="id", data=http(method, path.replace("ID", name), authorized(), body))


def odd_query(random: Random) -> Request:
    """Parameters that are no numbers, or impossible numbers, once or several times."""
    person = f"/v1/conversations/{CHANNEL}:{HOSTILE_NUMBERS}1"
    lists = (LETTERS, PROPOSALS, "/v1/conversations", f"{person}/messages", "/v1/usage", "/v1/audit")
    routes = (*lists, EVENTS, WEBHOOK, f"{person}/human")
    path = random.choice(routes)
    pairs = [f"{random.choice(QUERIES)}={random.choice(VALUES)}" for _ in range(random.choice((1, 1, 2, 5, 100)))]
    method = "POST" if path.endswith("human") else "GET"
    query = "&".join(pairs)[:20_000]
    return Request(kind="query", data=http(method, f"{path}?{query}", authorized()))


def handshake(random: Random) -> Request:
    """Meta's handshake with a token that is nearly right, or with the right token and an odd challenge."""
    token = random.choice((VERIFY_TOKEN, VERIFY_TOKEN[:-1], VERIFY_TOKEN.upper(), VERIFY_TOKEN + "%00", "", "%ff"))
    challenge = random.choice(("1", "%3Cscript%3E", "%0d%0aSet-Cookie:+a=b", "9" * 5_000, "%ff", ""))
    query = f"hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}"
    return Request(kind="handshake", data=http("GET", f"{WEBHOOK}?{query}"))


def odd_body(random: Random) -> Request:
    """The body of an operator's message: any JSON, or none."""
    messages = [{random.choice(PARTS): json_values.value(random)} for _ in range(random.choice((1, 1, 2, 12)))]
    asked = {"to": f"{HOSTILE_NUMBERS}{random.randrange(10**7):07}", "messages": messages}
    document = json.dumps(json_values.mutated(asked, random)).encode()
    make = random.choice((None, None, json_values.deep, json_values.wide, json_values.number, json_values.no_json))
    body = document
    if make is json_values.no_json:
        body = json_values.no_json(document, random)
    elif make is not None:
        junk = make(random)
        body = random.choice((junk, document.replace(b'"messages"', junk, 1), document.replace(b"[", b"[" + junk, 1)))
    kind = random.choice(("application/json", "application/json", "text/plain", "application/msgpack", ""))
    headers = authorized(Idempotency_Key=f"attack-{random.random()}", Content_Type=kind)
    return Request(kind="body", data=http("POST", MESSAGES, headers, body))


def odd_header(random: Random) -> Request:
    """Headers that are very large, very many, or invalid."""
    method, path = random.choice(ROUTES)
    value = random.choice((b"\xff" * 50, b"x" * 9_000, *(value.encode() for value in VALUES)))
    name = random.choice(HEADERS)
    many = {f"X-{number}": "y" for number in range(random.choice((0, 0, 300)))}
    body = b'{"to":"15550000001","messages":[{"text":"x"}]}' if method == "POST" else None
    data = http(method, path.replace("ID", CHANNEL), {**authorized(), **many, name: value}, body)
    return Request(kind="header", data=data)


def wrong_token(random: Random) -> Request:
    """Anything but the operators' token."""
    method, path = random.choice([route for route in ROUTES if route[1] not in OPEN])
    token = random.choice((*NEARLY, "", "é" * 20, "x" * 5_000))
    body = b"{}" if method == "POST" else None
    return Request(kind="token", data=http(method, path.replace("ID", "1-0"), {"Authorization": token}, body))


def odd_method(random: Random) -> Request:
    _, path = random.choice(ROUTES)
    return Request(kind="method", data=http(random.choice(METHODS), path, authorized()), may_be_hung_up=True)


def odd_stream(random: Random) -> Request:
    """The event stream from an impossible position."""
    place = random.choice(IDS)
    if random.random() < 0.5:
        return Request(kind="stream", data=http("GET", f"{EVENTS}?last_event_id={place}", authorized()))
    return Request(kind="stream", data=http("GET", EVENTS, authorized(Last_Event_ID=place)))


KINDS: Mapping[Callable[[Random], Request], int] = {
    odd_id: 30,
    odd_query: 20,
    odd_body: 25,
    odd_header: 10,
    wrong_token: 3,
    handshake: 5,
    odd_method: 3,
    odd_stream: 5,
    **TOKEN_KINDS,
    **LAST_KINDS,
}
