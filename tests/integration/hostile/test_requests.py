"""Requests that neither browsers nor Meta send, byte by byte."""

import asyncio
import time

import pytest

from integration.hostile.conftest import Target
from support.phone import post
from support.raw_http import answers, connected, statuses

WEBHOOK = b"/v1/channels/whatsapp/webhook"
END = b"Host: localhost\r\nConnection: close\r\n\r\n"
GET = b"GET /livez HTTP/1.1\r\n"
POST = b"POST " + WEBHOOK + b" HTTP/1.1\r\n"
ODD = {
    "an old protocol": b"GET /livez HTTP/1.0\r\n\r\n",
    "an older protocol": b"GET /livez\r\n\r\n",
    "a newer protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no protocol": b"GET /livez FTP/1.1\r\n\r\n",
    "another version": b"GET /livez HTTP/9.9\r\n" + END,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "not a word": b"\x00" * 1000,
    "a blank line": b"\r\n\r\n" + GET + END,
    "an absolute target": b"GET http://other.example/livez HTTP/1.1\r\n" + END,
    "another machine's target": b"CONNECT other.example:443 HTTP/1.1\r\n" + END,
    "no target": b"OPTIONS * HTTP/1.1\r\n" + END,
    "a null byte in the path": b"GET /liv\x00ez HTTP/1.1\r\n" + END,
    "a written null byte in the path": b"GET /v1/channels/what%00sapp/webhook HTTP/1.1\r\n" + END,
    "letters of no alphabet in the path": b"GET /\xff\xfe HTTP/1.1\r\n" + END,
    "broken percent signs": b"GET /%zz%f%/%c3%28 HTTP/1.1\r\n" + END,
    "a way up": b"GET /v1/channels/../../livez HTTP/1.1\r\n" + END,
    "a written way up": b"GET /v1/channels/%2e%2e%2f%2e%2e/livez HTTP/1.1\r\n" + END,
    "a channel in other letters": POST.replace(b"whatsapp", b"%77hatsap%70") + END,
    "a channel with a slash": POST.replace(b"whatsapp", b"whats%2Fapp") + END,
    "a channel of two lines": POST.replace(b"whatsapp", b"whats%0d%0aX-Injected: 1") + END,
    "no host": GET + b"Connection: close\r\n\r\n",
    "two hosts": GET + b"Host: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    "a host that is none": GET + b"Host: \xff:\xff\r\nConnection: close\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n" + END + b"[]",
    "length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" + END + b"0\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n" + END,
    "a length in words": POST + b"Content-Length: many\r\n" + END,
    "a length beyond numbers": POST + b"Content-Length: " + b"9" * 40 + b"\r\n" + END,
    "a chunk of no size": POST + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n",
    "a chunk beyond numbers": POST + b"Transfer-Encoding: chunked\r\n" + END + b"f" * 40 + b"\r\n",
    "another transfer encoding": POST + b"Transfer-Encoding: gzip\r\n" + END,
    "a folded header": GET + b"X-Long: a\r\n b\r\n" + END,
    "a space before the colon": GET + b"X-Odd : a\r\n" + END,
    "a header without a name": GET + b": a\r\n" + END,
    "a header without a colon": GET + b"X-Odd\r\n" + END,
    "a header with a null byte": GET + b"X-Odd: a\x00b\r\n" + END,
    "bare line feeds": b"GET /livez HTTP/1.1\nHost: localhost\nConnection: close\n\n",
    "a web socket": GET
    + b"Upgrade: websocket\r\nConnection: close, Upgrade\r\nSec-WebSocket-Key: x\r\nHost: a\r\n\r\n",
    "a newer protocol in place": GET + b"Upgrade: h2c\r\nConnection: close, Upgrade, HTTP2-Settings\r\nHost: a\r\n\r\n",
    "a large query": b"GET " + WEBHOOK + b"?hub.mode=subscribe&" + b"a=b&" * 12_000 + b" HTTP/1.1\r\n" + END,
    "an enormous query": b"GET " + WEBHOOK + b"?" + b"a=b&" * 500_000 + b" HTTP/1.1\r\n" + END,
    "a thousand headers": GET + b"X-A: b\r\n" * 1_000 + END,
    "a flood of headers": GET + b"X-A: b\r\n" * 500_000 + END,
    "a header of megabytes": GET + b"X-A: " + b"b" * 3_000_000 + b"\r\n" + END,
    "a thousand cookies": GET + b"Cookie: a=b; " * 1_000 + END,
    "a body where none belongs": GET + b"Content-Length: 100000\r\n" + END + b"x" * 100_000,
    "a range": GET + b"Range: bytes=0-,0-,0-\r\n" + END,
    "a wish for later": POST + b"Expect: 200-maybe\r\nContent-Length: 2\r\n" + END + b"[]",
}


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_request_is_answered_or_cut_off(target: Target, name: str) -> None:
    """Never with an internal error."""
    response = await answers(target.service.port, ODD[name])

    assert all(200 <= status < 500 for status in statuses(response))
    assert b"X-Injected" not in response.partition(b"\r\n\r\n")[0]


METHODS = [
    "DELETE",
    "HEAD",
    "PUT",
    "PATCH",
    "TRACE",
    "OPTIONS",
    "PROPFIND",
    "PURGE",
    "M-SEARCH",
    "get",
    "FOO",
    "G" * 5000,
]


@pytest.mark.parametrize("method", METHODS)
async def test_an_odd_method_is_refused(target: Target, method: str) -> None:
    """On every route. It gets no label of its own in the metrics."""
    for path in ("/livez", WEBHOOK.decode(), "/v1/dead-letters", "/v1/channels/events"):
        response = await answers(target.service.port, f"{method} {path} HTTP/1.1\r\n".encode() + END)

        assert all(status in {204, 400, 401, 405} for status in statuses(response)), response[:100]


async def test_pipelined_requests_are_answered_in_their_order(target: Target) -> None:
    """A few at once, some of them invalid."""
    ask = [b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"] * 5

    response = await answers(target.service.port, b"".join(ask) + GET + END)

    assert statuses(response) == [200, 404] * 5 + [200]


async def test_bytes_after_a_short_length_are_no_second_webhook(target: Target) -> None:
    """The rest of a body is not taken for a signed request."""
    hidden = POST + b"Content-Length: 2\r\n" + END + b"[]"

    response = await answers(target.service.port, POST + b"Host: a\r\nContent-Length: 5\r\n\r\n[1,2]" + hidden)

    assert statuses(response) == [403, 403]


async def test_slow_clients_are_disconnected_and_delay_nobody(target: Target) -> None:
    """Sixty of them send little of a head or a body. A genuine webhook is answered in the meantime."""
    signed = b"X-Hub-Signature-256: sha256=" + b"0" * 64
    slow = [GET + b"X-Slow: ", POST + signed + b"\r\nContent-Length: 100\r\nHost: a\r\n\r\n[", b"", b"G"] * 15
    began = time.monotonic()

    async def hang(begun: bytes) -> list[int]:
        return statuses(await answers(target.service.port, begun))

    hanging = [asyncio.create_task(hang(begun)) for begun in slow]
    async with connected(target.service.port) as another:
        await another.send(GET + END)
        prompt = await another.rest()
    body = (await target.phone()).text("still there?", wamid="wamid.slow", at=int(time.time()))
    stored = await post(target.service, body)
    took = time.monotonic() - began
    ended = await asyncio.gather(*hanging)

    assert (statuses(prompt), stored.status_code) == ([200], 200)
    assert took < 3
    assert {tuple(found) for found in ended} == {(), (408,)}
    assert time.monotonic() - began < 14
