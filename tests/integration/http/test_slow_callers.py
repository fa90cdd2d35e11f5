"""Clients that send too much, too slowly, or not to the end."""

import asyncio
from contextlib import suppress

import pytest

from domain.conversations.activity import Activity, ActivityKind
from entrypoints.http import body
from entrypoints.http.server import protocol
from entrypoints.http.server.byte_limit import ByteLimit
from support.web_process import EVENTS, LIVEZ, POST, Running, client, running

RECEIVED = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0)
LIMIT = 3 * 1024 * 1024


async def test_a_body_that_stops_coming_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """408, a closed connection, and no traceback in the log."""
    monkeypatch.setattr(body, "BODY_SECONDS", 0.05)

    async with running() as server:
        connection = await server.connect()
        await connection.send(POST + b"Content-Length: 100\r\n\r\n[")
        answer = await connection.rest()

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer
    assert caplog.records == []


async def test_a_body_that_is_cut_off_is_no_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    """Clients disappear. Nothing is logged."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(POST + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n")
        await connection.until(b"100 Continue\r\n\r\n")
        await connection.close()

        async with client(server) as session, asyncio.timeout(5):
            while 'status="400"' not in (await session.get("/metrics")).text:
                await asyncio.sleep(0.01)
    assert caplog.records == []
    assert server.services.mailbox.posts == []


async def test_a_complete_body_finds_memory_beside_incomplete_ones() -> None:
    """Incomplete bodies hold three quarters of the memory at most, and return it when they end."""
    memory = ByteLimit(1000)

    async with running(body_memory=memory) as server:
        slow = [await server.connect() for _ in range(3)]
        for one in slow:
            await one.send(POST + b"Content-Length: 900\r\n\r\n" + b" " * 300)
        async with asyncio.timeout(5):
            while memory.held < 600:
                await asyncio.sleep(0.01)
        prompt = await server.connect()
        await prompt.send(POST + b"Content-Length: 300\r\n\r\n" + b'["wamid.1"]'.ljust(300))
        stored = await prompt.head()
        refused = await slow[2].head()
        for one in slow:
            await one.close()
        async with asyncio.timeout(5):
            while memory.held:
                await asyncio.sleep(0.01)

    assert stored.startswith(b"HTTP/1.1 200")
    assert refused.startswith(b"HTTP/1.1 503")


async def test_a_large_content_length_is_refused_before_the_body() -> None:
    """413 at once for more than 3 MB."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(POST + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % (LIMIT + 1))
        answer = await connection.rest()

    assert answer.startswith(b"HTTP/1.1 413")


async def test_a_large_chunked_body_is_refused_while_it_is_sent() -> None:
    """The bytes are counted, and the rest is not read."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        await connection.send(b"%x\r\n" % (LIMIT + 1) + b" " * (LIMIT + 1))
        answer = await connection.rest()

    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("begun", [b"", b"GET /livez HTTP/1.1\r\nX-Slow: ", LIVEZ + b"GET /livez"])
async def test_an_incomplete_request_is_given_up(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    """So a client cannot collect open connections."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async with running() as server:
        connection = await server.connect()
        await connection.send(begun)
        if begun.startswith(LIVEZ):
            await connection.until(b'{"status":"alive"}')
            await connection.send(b" HTTP/1.1\r\n")
        rest = await connection.rest()

    assert rest == b""


async def test_a_slow_answer_is_not_a_slow_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is for the head of a request. A stream may be silent for longer."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async with running() as server:
        connection = await server.connect()
        await connection.send(EVENTS)
        await connection.until(b"retry: 2000")
        await (await server.connect()).rest()
        await server.services.feed.publish(activities=[RECEIVED])

        assert b"id: 1" in await connection.until(b"}")


@pytest.mark.parametrize("more", [b"a:b\r\n" * 1000, b"X-More: x\r\n" * 9000, b"X-Long: " + b"x" * 70_000])
async def test_a_head_that_is_too_large_is_refused(more: bytes) -> None:
    """Callers cannot fill the memory. The answer says why."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + more)
        answer = await connection.rest()

    assert answer.startswith(b"HTTP/1.1 431")
    assert answer.endswith(b"Too many headers, or too large.\n")


async def test_headers_without_end_are_cut_off() -> None:
    """However long the caller goes on."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-More: ")

        async def never_stop() -> None:
            while True:
                await connection.send(b"x" * 100_000)

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(never_stop(), 10)


async def test_a_large_head_behind_another_request_gets_no_answer() -> None:
    """It would be taken for the answer to that request."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(EVENTS)
        await connection.until(b"retry: 2000")
        with suppress(ConnectionError):
            await connection.send(b"GET /livez HTTP/1.1\r\n" + b"a:b\r\n" * 1000)

        assert b"431" not in await connection.rest()


@pytest.mark.parametrize("asked", [b"", LIVEZ])
async def test_a_connection_over_the_limit_gets_503(asked: bytes) -> None:
    """With Retry-After. The other connections are served, and new ones are when one of them ends."""
    async with running(max_connections=2) as server:
        first, second = await server.connect(), await server.connect()
        for one in (first, second):
            await one.send(LIVEZ)
            await one.until(b'{"status":"alive"}')
        third = await server.connect()
        await third.send(asked)
        refused = await third.rest()
        await first.send(LIVEZ)
        served = await first.until(b'{"status":"alive"}')
        await first.close()
        await third.close()
        later = await _answered(server)

    assert refused.startswith(b"HTTP/1.1 503")
    assert b"Retry-After: 2" in refused
    assert served.startswith(b"HTTP/1.1 200")
    assert later


async def _answered(server: Running) -> bool:
    """Whether a new connection is served, once the server has noticed the end of another."""
    async with asyncio.timeout(5):
        while True:
            connection = await server.connect()
            await connection.send(LIVEZ)
            if (await connection.head()).startswith(b"HTTP/1.1 200"):
                return True


async def test_connections_far_over_the_limit_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that gets a 503 needs a descriptor. Beyond a number of them they are closed at once."""
    monkeypatch.setattr(protocol, "MAX_REFUSED", 1)

    async with running(max_connections=0) as server:
        extra = await server.connect()
        await extra.until(b"connections.\n")

        assert await (await server.connect()).ended()


async def test_an_answer_that_is_never_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream whose client stops reading is closed after some time."""
    monkeypatch.setattr(protocol, "UNREAD_SECONDS", 0.05)
    large = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0, detail={"reason": "x" * 500_000})

    async with running() as server:
        connection = await server.connect()
        await connection.send(EVENTS)
        await connection.until(b"retry: 2000")
        before = len(asyncio.all_tasks())
        connection.writer.transport.pause_reading()
        await server.services.feed.publish(activities=[large] * 50)

        async with asyncio.timeout(5):
            while len(asyncio.all_tasks()) >= before:
                await asyncio.sleep(0.01)


async def test_a_request_behind_a_stream_is_ended_with_it() -> None:
    """When the client leaves, the stream ends too, and not only the request that came last."""
    async with running() as server:
        before = len(asyncio.all_tasks())
        connection = await server.connect()
        await connection.send(EVENTS + LIVEZ)
        await connection.until(b"retry: 2000")
        await connection.close()

        async with asyncio.timeout(5):
            while len(asyncio.all_tasks()) > before:
                await asyncio.sleep(0.01)
