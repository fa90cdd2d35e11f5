"""What a call past httpx does beside the contract of all clients: bounds, paths, and when httpx sends it."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.channel_kit.http import no_response
from adapters.http_client.service import HttpService, ResponseTooLargeError
from domain.policies.retry import SendFailure
from entrypoints.bootstrap.http_client import make_http_client
from support.http_server import OK, Conversation, answers, serving

MAX_BYTES = 300_000


@pytest.fixture(params=[True, False], ids=["direct", "httpx"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """Our own, and one without our transport, as where there is a proxy."""
    async with make_http_client() if request.param else httpx.AsyncClient() as client:
        yield client


def service(client: httpx.AsyncClient, url: str) -> HttpService:
    return HttpService(client, url, headers=[(b"X-Key", b"one")], max_bytes=MAX_BYTES)


def head(size: int, *lines: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"Content-Length: %d" % size, b"\r\n"])


@pytest.mark.parametrize("size", [0, 65_535, 65_536, 65_537, MAX_BYTES])
async def test_a_response_of_any_size(client: httpx.AsyncClient, size: int) -> None:
    """It is whole, and its connection serves the next request."""

    async def script(conversation: Conversation) -> None:
        await conversation.request()
        await conversation.say(head(size), b"x" * size)
        await answers(conversation)

    async with serving(script) as server:
        called = service(client, server.url)
        first, second = await called.request("POST", "/"), await called.request("POST", "/")

    assert (first.content, second.content, server.connections) == (b"x" * size, b"ok", 1)


@pytest.mark.parametrize("packed", [False, True])
async def test_a_body_that_is_too_large(client: httpx.AsyncClient, *, packed: bool) -> None:
    """It is not read to its end; what counts is its size when unpacked. The next call gets its own response."""
    body = bytes(MAX_BYTES + 1)
    said = gzip.compress(body) if packed else body

    async def script(conversation: Conversation) -> None:
        while True:
            await conversation.request()
            large = head(len(said), *[b"Content-Encoding: gzip"] * packed) + said
            await conversation.say(large if len(conversation.requests) == 1 else OK)

    async with serving(script) as server:
        called = service(client, server.url)
        with pytest.raises(ResponseTooLargeError, match="HTTP 200 with a body of more than 300000 bytes") as caught:
            await called.request("POST", "/")
        response = await called.request("GET", "/")

    assert response.content == b"ok"
    assert no_response(caught.value).failure is SendFailure.UNKNOWN


async def test_large_bodies_are_admitted_while_they_are_read(client: httpx.AsyncClient) -> None:
    """After the first 64 KB; small ones are not."""
    sizes: list[int] = []

    async def admit(size: int) -> None:
        sizes.append(size)

    async def script(conversation: Conversation) -> None:
        for size in (65_536, 200_000):
            await conversation.request()
            await conversation.say(head(size) + b"x" * size)

    async with serving(script) as server:
        called = service(client, server.url)
        await called.request("POST", "/", admit=admit)
        assert sizes == []
        await called.request("POST", "/", admit=admit)

    assert min(sizes) > 65_536
    assert max(sizes) == 200_000


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX-Admin: 1", "/\N{SNOWMAN}", "/a\0"])
async def test_a_path_with_other_characters(client: httpx.AsyncClient, path: str) -> None:
    """It could add a line to the request, so nothing is sent."""
    async with serving(answers) as server:
        with pytest.raises(httpx.LocalProtocolError):
            await service(client, server.url).request("GET", path)

    assert server.requests == []


async def test_what_is_sent(client: httpx.AsyncClient) -> None:
    """The path below the address, the headers of all calls, and those of this one."""
    received: list[bytes] = []

    async def script(conversation: Conversation) -> None:
        received.append(await conversation.request())
        await conversation.say(OK)

    async with serving(script) as server:
        await service(client, f"{server.url}/base/").request("POST", "/a?b=c", b"whole", [(b"X-Id", b"7")])

    first, *lines = received[0].split(b"\r\n")
    assert first == b"POST /base/a?b=c HTTP/1.1"
    assert {b"X-Key: one", b"X-Id: 7", b"Content-Length: 5", f"Host: {server.url[7:]}".encode()} <= set(lines)
    assert lines[-1] == b"whole"


async def test_credentials_in_an_address(client: httpx.AsyncClient) -> None:
    """They become a header, as httpx does."""
    async with serving(answers) as server:
        await service(client, server.url.replace("//", "//user:password@")).request("POST", "/")

    assert b"authorization: basic" in server.requests[0].lower()


async def test_a_client_that_is_closed(client: httpx.AsyncClient) -> None:
    """It makes no more connections."""
    async with serving(answers) as server:
        called = service(client, server.url)
        await client.aclose()

        with pytest.raises(RuntimeError, match="closed"):
            await called.request("POST", "/")

    assert server.connections == 0
