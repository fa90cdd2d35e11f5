"""What every HTTP client of ours must do, over real sockets.

The most important: a failure says "not sent" only when the server cannot have read the request. Otherwise a message
would be sent twice.
"""

import asyncio
import gzip
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import httpx
import pytest

from adapters.astromesh.failures import of_connection
from adapters.channel_kit.http import no_response
from domain.policies.retry import AgentFailure, SendFailure
from support.graph_server import unused_address
from support.http_server import OK, Conversation, answers, full_queue, serving
from support.polling import eventually

SOON_CONNECTED = {"timeout": httpx.Timeout(10, connect=0.3)}
SOON_READ = {"timeout": httpx.Timeout(10, read=0.3)}
SOON_WRITTEN = {"timeout": httpx.Timeout(10, write=0.3)}
METHODS = ["POST", "GET", "PUT", "DELETE"]  # a library may repeat all but the first by itself
NO_RESPONSES = {
    "nothing": b"",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "TLS": b"\x15\x03\x01\x00\x02\x02\x46" * 10,
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no status": b"HTTP/1.1 fine\r\n\r\n",
    "a wrong length": b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nok",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello",
    "only an interim response": b"HTTP/1.1 100 Continue\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000,
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
}
BROKEN_BODIES = {
    "too short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok",
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    "a wrong chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nok\r\n",
}
BODIES = {
    "with a length": (b"Content-Length: 5\r\n\r\nhello", b"hello"),
    "in chunks": (b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello"),
    "with trailers": (b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", b"hello"),
    "until the connection ends": (b"\r\nhello", b"hello"),
    "compressed": (b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello"), b"hello"),
    "none": (b"Content-Length: 0\r\n\r\n", b""),
}


class Calls(Protocol):
    """The part of `httpx.AsyncClient` that sends a whole body and returns a whole response."""

    async def request(self, method: str, url: str, **options: Any) -> httpx.Response: ...

    async def post(self, url: str, **options: Any) -> httpx.Response: ...

    async def put(self, url: str, **options: Any) -> httpx.Response: ...


async def failure(client: Calls, url: str, method: str = "POST", **options: object) -> httpx.HTTPError:
    with pytest.raises(httpx.HTTPError) as caught:
        await client.request(method, url, content=b"x" * 150, **options)  # type: ignore[arg-type]
    return caught.value


def is_not_sent(error: httpx.HTTPError) -> bool:
    """Whether the adapters will send the message again at once. They agree on it."""
    to_person = no_response(error).failure is SendFailure.UNREACHABLE
    assert to_person == (of_connection(error).failure is AgentFailure.UNREACHABLE)
    return to_person


class HttpCallsContract:
    """`client` has time-outs that a busy machine does not reach.

    It trusts the certificate `known`, and neither `stranger` nor `other_host`.
    """

    # Not sent.

    async def test_a_refused_connection(self, client: Calls) -> None:
        """Nobody listens there."""
        assert is_not_sent(await failure(client, unused_address()))

    async def test_a_server_that_accepts_no_connection(self, client: Calls) -> None:
        """Its host is silent."""
        with full_queue() as url:
            assert is_not_sent(await failure(client, url, **SOON_CONNECTED))

    @pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".invalid"])
    async def test_a_host_that_does_not_exist(self, client: Calls, host: str) -> None:
        """It has no address, or cannot have one."""
        assert is_not_sent(await failure(client, f"http://{host}/"))

    async def test_an_unknown_certificate(self, client: Calls, stranger: ssl.SSLContext) -> None:
        """Its authority is not one of ours."""
        async with serving(answers, certificate=stranger) as server:
            assert is_not_sent(await failure(client, server.url))

        assert server.requests == []

    async def test_a_certificate_for_another_host(self, client: Calls, other_host: ssl.SSLContext) -> None:
        """It is valid, but not for this name."""
        async with serving(answers, certificate=other_host) as server:
            assert is_not_sent(await failure(client, server.url))

        assert server.requests == []

    async def test_a_server_without_tls(self, client: Calls) -> None:
        """It answers the first bytes of TLS with something else."""

        async def script(conversation: Conversation) -> None:
            await conversation.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        async with serving(script) as server:
            assert is_not_sent(await failure(client, server.url.replace("http:", "https:")))

    async def test_silence_instead_of_tls(self, client: Calls) -> None:
        """The handshake does not come to an end."""
        async with serving(Conversation.until_the_client_hangs_up) as server:
            assert is_not_sent(await failure(client, server.url.replace("http:", "https:"), **SOON_CONNECTED))

    @pytest.mark.parametrize("url", ["ftp://there/", "//there/", "/there"])
    async def test_an_address_of_another_kind(self, client: Calls, url: str) -> None:
        """It is no address of HTTP."""
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.post(url)

    @pytest.mark.parametrize("value", [b"to\nken", b"to\rken", b"to\0ken", b"token\r\nX-Admin: 1"])
    async def test_a_header_that_would_be_two(self, client: Calls, value: bytes) -> None:
        """Nothing goes out."""
        async with serving(answers) as server:
            with pytest.raises(httpx.LocalProtocolError):
                await client.post(server.url, headers={b"Authorization": value})

        assert server.requests == []

    # Perhaps sent.

    @pytest.mark.parametrize("method", ["POST", "GET"])
    @pytest.mark.parametrize("said", NO_RESPONSES.values(), ids=NO_RESPONSES)
    async def test_a_server_that_hangs_up_or_talks_nonsense(self, client: Calls, method: str, said: bytes) -> None:
        """It read the request. The client does not send it again."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(said)

        async with serving(script) as server:
            assert not is_not_sent(await failure(client, server.url, method))

        assert len(server.requests) == 1

    @pytest.mark.parametrize("method", METHODS)
    async def test_a_reset_after_the_request(self, client: Calls, method: str) -> None:
        """The server's process died."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            conversation.reset()

        async with serving(script) as server:
            assert not is_not_sent(await failure(client, server.url, method))

        assert len(server.requests) == 1

    @pytest.mark.parametrize("method", METHODS)
    async def test_silence(self, client: Calls, method: str) -> None:
        """No response in time."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.until_the_client_hangs_up()

        async with serving(script) as server:
            error = await failure(client, server.url, method, **SOON_READ)

        assert isinstance(error, httpx.ReadTimeout)
        assert not is_not_sent(error)
        assert len(server.requests) == 1

    @pytest.mark.parametrize("said", BROKEN_BODIES.values(), ids=BROKEN_BODIES)
    async def test_a_body_that_breaks_off(self, client: Calls, said: bytes) -> None:
        """It does not pass for a whole one."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(said)

        async with serving(script) as server:
            assert not is_not_sent(await failure(client, server.url))

        assert len(server.requests) == 1

    async def test_a_reset_where_the_end_of_the_connection_ends_the_body(self, client: Calls) -> None:
        """A reset is not that end."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 200 OK\r\n\r\nhel")
            conversation.reset()

        async with serving(script) as server:
            assert not is_not_sent(await failure(client, server.url))

    async def test_a_body_that_stops(self, client: Calls) -> None:
        """The rest does not come in time."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
            await conversation.until_the_client_hangs_up()

        async with serving(script) as server:
            assert isinstance(await failure(client, server.url, **SOON_READ), httpx.ReadTimeout)

    async def test_a_server_that_does_not_read(self, client: Calls) -> None:
        """It takes a part of a large body, and then nothing."""
        done = asyncio.Event()

        async def script(conversation: Conversation) -> None:
            await conversation.reader.readuntil(b"\r\n\r\n")
            await done.wait()

        async with serving(script) as server:
            with pytest.raises(httpx.WriteTimeout) as caught:
                await client.post(server.url, content=b"x" * 32_000_000, **SOON_WRITTEN)
            done.set()

        assert not is_not_sent(caught.value)

    @pytest.mark.parametrize("method", METHODS)
    async def test_a_kept_connection_that_is_closed_when_the_next_request_comes(
        self, client: Calls, method: str
    ) -> None:
        """Nobody knows whether the server still read the request: it is not sent again."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(OK)
            await conversation.request()

        async with serving(script) as server:
            await client.post(server.url)
            error = await failure(client, server.url, method)

        assert not is_not_sent(error)
        assert (server.connections, len(server.requests)) == (1, 2)

    # What goes right.

    @pytest.mark.parametrize(("rest", "body"), BODIES.values(), ids=BODIES)
    async def test_every_kind_of_body(self, client: Calls, rest: bytes, body: bytes) -> None:
        """It arrives whole, also in small pieces."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            response = b"HTTP/1.1 201 Made here\r\n" + rest
            await conversation.say(*(response[place : place + 1] for place in range(len(response))))

        async with serving(script) as server:
            response = await client.post(server.url)

        assert (response.status_code, response.reason_phrase, response.content) == (201, "Made here", body)

    async def test_bodies_of_every_kind_one_after_the_other(self, client: Calls) -> None:
        """None changes how the next one on the same connection is read."""
        bodies = [BODIES[kind] for kind in ("in chunks", "with trailers", "none", "with a length")] * 2

        async def script(conversation: Conversation) -> None:
            for rest, _ in bodies:
                await conversation.request()
                await conversation.say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + rest)

        async with serving(script) as server:
            responses = [await client.post(server.url) for _ in bodies]

        assert [response.content for response in responses] == [body for _, body in bodies]
        assert server.connections == 1

    @pytest.mark.parametrize("status", [204, 304])
    async def test_a_status_without_a_body(self, client: Calls, status: int) -> None:
        """The response ends with its head, and the connection serves the next request."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 %d X\r\n\r\n" % status)
            await answers(conversation)

        async with serving(script) as server:
            response = await client.post(server.url)
            await client.post(server.url)

        assert (response.status_code, response.content, server.connections) == (status, b"", 1)

    async def test_interim_responses(self, client: Calls) -> None:
        """The last one counts."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", OK)

        async with serving(script) as server:
            response = await client.post(server.url)

        assert (response.status_code, response.text, "link" in response.headers) == (200, "ok", False)

    async def test_a_slow_body(self, client: Calls) -> None:
        """The time-out is for each piece, and not for the whole."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
            await conversation.say(*[b"x"] * 8, every_seconds=0.1)

        async with serving(script) as server:
            response = await client.post(server.url, timeout=httpx.Timeout(10, read=0.6))

        assert response.content == b"x" * 8

    async def test_the_request_arrives_as_it_was_made(self, client: Calls) -> None:
        """Method, path, headers and body."""
        received: list[bytes] = []

        async def script(conversation: Conversation) -> None:
            received.append(await conversation.request())
            await conversation.say(OK)

        async with serving(script) as server:
            await client.put(f"{server.url}/a%20b?c=d&e=f#g", headers={b"X-Name": "José".encode()}, content=b"whole")

        first, *lines = received[0].split(b"\r\n")
        assert first == b"PUT /a%20b?c=d&e=f HTTP/1.1"
        assert f"Host: {server.url.removeprefix('http://')}".encode() in lines
        assert "X-Name: José".encode() in lines
        assert lines[-1] == b"whole"

    async def test_a_redirect_is_not_followed(self, client: Calls) -> None:
        """The token would go with it."""
        async with serving(answers) as target:

            async def script(conversation: Conversation) -> None:
                await conversation.request()
                location = target.url.encode()
                await conversation.say(b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % location)

            async with serving(script) as server:
                response = await client.post(server.url)

        assert (response.status_code, target.requests) == (302, [])

    async def test_a_private_authority(self, client: Calls, known: ssl.SSLContext) -> None:
        """Its certificates are accepted."""
        async with serving(answers, certificate=known) as server:
            first, second = await client.post(server.url), await client.post(server.url)

        assert (first.text, second.text, server.connections) == ("ok", "ok", 1)

    # Connections.

    async def test_requests_one_after_the_other_share_a_connection(self, client: Calls) -> None:
        """It is kept."""
        async with serving(answers) as server:
            for _ in range(5):
                await client.post(server.url)

        assert (server.connections, len(server.requests)) == (1, 5)

    async def test_requests_at_once_have_a_connection_each(self, client: Calls) -> None:
        """None waits for another, and none gets the answer of another."""

        async def script(conversation: Conversation) -> None:
            request = await conversation.request()
            await eventually(lambda: len(conversation.requests) == 50)
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + request[-3:])

        async with serving(script) as server:
            posts = (client.post(server.url, content=b"%03d" % number) for number in range(50))
            responses = await asyncio.gather(*posts)

        assert [response.content for response in responses] == [b"%03d" % number for number in range(50)]
        assert server.connections == 50

    @pytest.mark.parametrize("ends", [lambda _: None, Conversation.reset], ids=["closed", "reset"])
    async def test_a_connection_that_ended_while_idle(
        self, client: Calls, ends: Callable[[Conversation], None]
    ) -> None:
        """The next request gets another one."""
        ended = asyncio.Event()

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(OK)
            if not ended.is_set():
                ends(conversation)
                ended.set()

        async with serving(script) as server:
            await client.post(server.url)
            await ended.wait()
            await asyncio.sleep(0.05)  # there is nothing that can be seen from outside
            response = await client.post(server.url)

        assert (response.text, server.connections) == ("ok", 2)

    async def test_a_connection_that_the_server_will_close(self, client: Calls) -> None:
        """The next request gets another one."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            await conversation.request()

        async with serving(script) as server:
            await client.post(server.url)
            await client.post(server.url)

        assert (server.connections, len(server.requests)) == (2, 2)

    @pytest.mark.parametrize("at_once", [True, False])
    async def test_a_response_that_nobody_asked_for(self, client: Calls, *, at_once: bool) -> None:
        """It does not become the response to the next request."""

        async def script(conversation: Conversation) -> None:
            number = len(conversation.requests)
            await conversation.request()
            good, bad = OK.replace(b"ok", b"%02d" % number), OK.replace(b"ok", b"no")
            await conversation.say(*([good + bad] if at_once else [good, bad]), every_seconds=0.05)
            await conversation.until_the_client_hangs_up()

        async with serving(script) as server:
            first = await client.post(server.url)
            await asyncio.sleep(0.15)
            second = await client.post(server.url)

        assert (first.text, second.text) == ("00", "01")

    async def test_a_request_that_was_given_up(self, client: Calls) -> None:
        """Its late response does not become the response to the next request."""

        async def script(conversation: Conversation) -> None:
            number = len(conversation.requests)
            await conversation.request()
            await asyncio.sleep(0.1 if number == 0 else 0)
            await conversation.say(OK.replace(b"ok", b"%02d" % number))
            await conversation.until_the_client_hangs_up()

        async with serving(script) as server:
            given_up = asyncio.create_task(client.post(server.url))
            await eventually(lambda: server.requests)
            given_up.cancel()
            await asyncio.wait([given_up])
            response = await client.post(server.url)

        assert (response.text, server.connections) == ("01", 2)

    async def test_nothing_is_logged(self, client: Calls, caplog: pytest.LogCaptureFixture) -> None:
        """No log line of any level has an address or a header."""
        caplog.set_level(logging.DEBUG)

        async with serving(answers) as server:
            await client.post(f"{server.url}/secret", headers={"Authorization": "secret"})

        assert "secret" not in caplog.text


class HttpClientContract(HttpCallsContract):
    """What a client of httpx also does: bodies in pieces."""

    async def test_a_large_upload_and_download(self, client: httpx.AsyncClient) -> None:
        """Both in pieces."""
        content = bytes(range(256)) * 20_000

        async def script(conversation: Conversation) -> None:
            request = await conversation.request()
            _, _, body = request.partition(b"\r\n\r\n")
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

        async with serving(script) as server:
            response = await client.post(server.url, files={"file": ("name", content, "text/plain")})

        assert content in response.content

    async def test_an_upload_of_unknown_length(self, client: httpx.AsyncClient) -> None:
        """It goes out in chunks."""
        received: list[bytes] = []

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            received.append(await conversation.reader.readuntil(b"\r\n0\r\n\r\n"))
            await conversation.say(OK)
            await answers(conversation)

        async def body() -> AsyncIterator[bytes]:
            for piece in (b"hello", b"", b"x" * 20):
                yield piece

        async with serving(script) as server:
            await client.post(server.url, content=body())
            await client.post(server.url)

        assert received == [b"5\r\nhello\r\n14\r\n" + b"x" * 20 + b"\r\n0\r\n\r\n"]
        assert server.connections == 1

    @pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 300_000])
    @pytest.mark.parametrize("is_read", [True, False])
    async def test_the_request_after_a_large_response(
        self, client: httpx.AsyncClient, size: int, *, is_read: bool
    ) -> None:
        """It is answered, also where nobody has read the response before it."""

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
            await answers(conversation)

        async with serving(script) as server:
            async with client.stream("GET", server.url) as response:
                if is_read:
                    assert len(await response.aread()) == size
            if is_read:
                assert (await client.post(server.url)).text == "ok"
                assert server.connections == 1
            else:
                assert len((await client.post(server.url)).content) in {2, size}  # of this connection, or of a new one

    async def test_a_response_before_the_end_of_the_request(self, client: httpx.AsyncClient) -> None:
        """It is returned, and the connection is not used again."""

        async def script(conversation: Conversation) -> None:
            await conversation.reader.readuntil(b"\r\n\r\n")
            conversation.requests.append(b"")
            await conversation.say(OK.replace(b"200 OK", b"413 Too Large"))
            await conversation.until_the_client_hangs_up()

        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            await eventually(lambda: bool(server.requests))
            for _ in range(100):
                await asyncio.sleep(0.001)
                yield b"more"

        async with serving(script) as server:
            response = await client.post(server.url, content=body(), headers={"Content-Length": "100000"})

        assert response.status_code == 413

    async def test_a_response_that_is_not_read(self, client: httpx.AsyncClient) -> None:
        """Its sender has to wait, so that it does not fill the memory; its connection is not used again."""
        sent = 0

        async def script(conversation: Conversation) -> None:
            nonlocal sent
            await conversation.request()
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            for _ in range(1000):
                await conversation.say(b"x" * 100_000)
                sent += 100_000

        async with serving(script) as server:
            async with client.stream("GET", server.url) as response:
                pieces = response.aiter_bytes()
                await anext(pieces)
                await asyncio.sleep(0.2)
                assert 0 < sent < 30_000_000  # the kernel takes some
                await pieces.aclose()  # type: ignore[attr-defined]
            assert sent < 100_000_000

    async def test_a_body_that_is_large_when_unpacked(self, client: httpx.AsyncClient) -> None:
        """A reader who counts gets it in pieces, of which none is the whole."""
        packed = gzip.compress(bytes(40_000_000), compresslevel=1)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)

        async def script(conversation: Conversation) -> None:
            await conversation.request()
            await conversation.say(head + packed)

        async with serving(script) as server, client.stream("GET", server.url) as response:
            async for piece in response.aiter_bytes():
                assert 0 < len(piece) <= 20_000_000
