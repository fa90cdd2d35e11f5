"""The web server on real connections: streams, shutdown, addresses."""

import asyncio
import logging
import socket
import time

import pytest

from domain.conversations.activity import Activity, ActivityKind
from entrypoints.http.server.errors import CannotServeError
from entrypoints.http.server.serving import run_web
from support.http_services import FakeServices
from support.web_process import EVENTS, LIVEZ, POST, running

RECEIVED = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0)


async def test_a_webhook_comes_through_over_a_real_connection() -> None:
    """It is stored and answered 200. The same connection serves the next one."""
    async with running() as server:
        connection = await server.connect()
        for _ in range(2):
            await connection.send(POST + b'Content-Length: 11\r\n\r\n["wamid.1"]')
            head = await connection.head()
            assert head.startswith(b"HTTP/1.1 200")
            await connection.until(b'{"status":"stored"}')

    assert [post.message.id for post in server.services.mailbox.posts] == ["wamid.1"]


async def test_events_arrive_while_they_happen() -> None:
    """The stream gets each event that is published after it began."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(EVENTS)
        await connection.until(b"retry: 2000")

        await server.services.feed.publish(activities=[RECEIVED])

        event = await connection.until(b"}\r\n")
        assert b"id: 1\r\ndata: {" in event
        assert b'"kind":"received"' in event


async def test_events_are_replayed_after_the_last_id() -> None:
    """A page that was disconnected misses nothing."""
    services = FakeServices()
    await services.feed.publish(activities=[RECEIVED, RECEIVED, RECEIVED])

    async with running(services) as server:
        connection = await server.connect()
        await connection.send(EVENTS.removesuffix(b"\r\n") + b"Last-Event-ID: 1\r\n\r\n")
        replayed = await connection.until(b"id: 3")

    assert b"id: 2" in replayed
    assert b"id: 1\r" not in replayed


async def test_a_page_that_is_closed_leaves_nothing_behind() -> None:
    """Its stream of the feed is closed."""
    services = FakeServices()

    async with running(services) as server:
        before = len(asyncio.all_tasks())
        connection = await server.connect()
        await connection.send(EVENTS)
        await connection.until(b"retry: 2000")
        assert len(asyncio.all_tasks()) > before

        await connection.close()

        async with asyncio.timeout(5):
            while len(asyncio.all_tasks()) > before:
                await asyncio.sleep(0.01)


async def test_shutdown_is_not_delayed_by_streams_and_idle_connections(caplog: pytest.LogCaptureFixture) -> None:
    """Both end at once. The grace time is for requests that are being answered."""
    async with running(grace_seconds=30) as server:
        stream, idle, silent = [await server.connect() for _ in range(3)]
        await stream.send(EVENTS)
        await stream.until(b"retry: 2000")
        await idle.send(LIVEZ)
        await idle.until(b'{"status":"alive"}')

        began = time.monotonic()
        await server.stop()

        assert time.monotonic() - began < 2
        assert (await stream.rest()).endswith(b"0\r\n\r\n")
        assert await idle.rest() == await silent.rest() == b""
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_shutdown_lets_a_request_finish() -> None:
    """A webhook under way is stored and answered."""
    async with running() as server:
        connection = await server.connect()
        await connection.send(POST + b"Content-Length: 11\r\nExpect: 100-continue\r\n\r\n")
        await connection.until(b"100 Continue\r\n\r\n")

        server.services.stopping.set()
        await connection.send(b'["wamid.1"]')

        assert (await connection.head()).startswith(b"HTTP/1.1 200")
    assert len(server.services.mailbox.posts) == 1


async def test_a_taken_port_is_an_error_of_one_line() -> None:
    """Address and reason. Nothing is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotServeError, match=f"^cannot listen on 127.0.0.1:{port}: Address already in use$"):
            await run_web(FakeServices().app(), host="127.0.0.1", port=port, stopping=asyncio.Event())


async def test_an_unknown_host_is_an_error_of_one_line() -> None:
    """A name that is no address of this machine."""
    with pytest.raises(CannotServeError, match=r"^cannot listen on 192\.0\.2\.1:0: "):
        await run_web(FakeServices().app(), host="192.0.2.1", port=0, stopping=asyncio.Event())


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
async def test_ipv6_is_served() -> None:
    """Addresses with colons work."""
    async with running(host="::1") as server:
        connection = await server.connect()
        await connection.send(LIVEZ)

        assert (await connection.head()).startswith(b"HTTP/1.1 200")


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_every_address_is_those_of_both_protocols(address: str) -> None:
    """`--host ::` listens on IPv4 as well."""
    async with running(host="::") as server:
        server.host = address
        connection = await server.connect()
        await connection.send(LIVEZ)

        assert (await connection.head()).startswith(b"HTTP/1.1 200")


async def test_a_cancelled_server_shuts_down_first() -> None:
    """No port is left open."""
    async with running() as server:
        server.serving.cancel()
        await asyncio.wait({server.serving})

        with pytest.raises(ConnectionRefusedError):
            await server.connect()
