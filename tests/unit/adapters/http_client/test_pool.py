"""How long connections are kept."""

import asyncio
import gc
import ssl
import time
import weakref
from collections.abc import Iterator

import httpx
import pytest

from adapters.http_client import pool
from adapters.http_client.client import DirectClient
from adapters.http_client.pool import ConnectionPool
from adapters.http_client.transport import PooledTransport
from support.http_server import OK, Conversation, answers, serving
from support.polling import eventually


def client(*, idle_seconds: float) -> DirectClient:
    connections = ConnectionPool(certificates=ssl.create_default_context(), idle_seconds=idle_seconds)
    return DirectClient(PooledTransport(connections), timeout=10)


async def test_an_idle_connection_is_closed() -> None:
    """Before the server does: a request on a connection that the server closes may be lost."""
    ended = asyncio.Event()

    async def script(conversation: Conversation) -> None:
        await conversation.request()
        await conversation.say(OK)
        await conversation.until_the_client_hangs_up()
        ended.set()

    async with serving(script) as server, client(idle_seconds=0.05) as http:
        await http.post(server.url)

        await eventually(ended.is_set)


async def test_a_connection_that_was_idle_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It serves no request any more, also before it is closed."""
    async with serving(answers) as server, client(idle_seconds=60) as http:
        await http.post(server.url)
        later = time.monotonic() + 61
        monkeypatch.setattr(pool, "monotonic", lambda: later)
        await http.post(server.url)

    assert server.connections == 2


async def test_a_connection_in_use_is_not_idle() -> None:
    """However long the response takes."""

    async def script(conversation: Conversation) -> None:
        await conversation.request()
        await conversation.say(OK)
        await conversation.request()
        await asyncio.sleep(0.2)
        await conversation.say(OK)

    async with serving(script) as server, client(idle_seconds=0.1) as http:
        await http.post(server.url)
        response = await http.post(server.url)

    assert (response.text, server.connections) == ("ok", 1)


async def test_closing_the_client_closes_its_connections() -> None:
    """Requests under way fail."""
    ended: list[Conversation] = []

    async def script(conversation: Conversation) -> None:
        await conversation.request()
        await conversation.until_the_client_hangs_up()
        ended.append(conversation)

    async with serving(script) as server:
        http = client(idle_seconds=60)
        waiting = [asyncio.create_task(http.post(server.url)) for _ in range(2)]
        await eventually(lambda: len(server.requests) == 2)

        await http.aclose()

        failures = await asyncio.gather(*waiting, return_exceptions=True)
        await eventually(lambda: len(ended) == 2)
    assert all(isinstance(failure, httpx.ReadError) for failure in failures)


async def test_closing_the_client_while_it_connects() -> None:
    """The connection that is made meanwhile is closed, too, and nothing is sent."""
    ended = asyncio.Event()

    async def script(conversation: Conversation) -> None:
        await conversation.until_the_client_hangs_up()
        ended.set()

    async with serving(script) as server:
        http = client(idle_seconds=60)
        connecting = asyncio.create_task(http.post(server.url))
        await asyncio.sleep(0)  # it takes its first step

        await http.aclose()

        with pytest.raises(RuntimeError, match="closed meanwhile"):
            await connecting
        await eventually(ended.is_set)
    assert server.requests == []


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
async def test_a_response_is_freed_as_soon_as_nobody_needs_it() -> None:
    """Not at the next full garbage collection, which may be hours away: it may hold megabytes that were not read."""

    async def script(conversation: Conversation) -> None:
        while True:
            await conversation.request()
            await conversation.say(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000)

    async with serving(script) as server, client(idle_seconds=60) as http:
        whole = await http.get(server.url)
        async with http.stream("GET", server.url) as unread:
            pass

        assert len(whole.content) == 200_000
        freed = [weakref.ref(response) for response in (whole, unread)]
        del whole, unread

        assert [reference() for reference in freed] == [None, None]


async def test_credentials_in_an_address() -> None:
    """They become a header, as httpx does."""
    async with serving(answers) as server, client(idle_seconds=60) as http:
        await http.post(server.url.replace("//", "//user:password@"))

    assert b"authorization: basic" in server.requests[0].lower()
