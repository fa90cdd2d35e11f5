"""Errors when a server closes the connection, and which calls share a connection."""

import asyncio
import socket
from collections.abc import Callable

import httpx
import pytest
import uvloop
from attrs import define, field

from entrypoints.bootstrap.http_client import SpreadTransport, SteadyClient, make_http_client
from support.canned_http import answering, response
from support.polling import eventually

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@define(eq=False)
class Pool(httpx.AsyncBaseTransport):
    """Counts requests, and answers when a test lets it."""

    asked: int = 0
    may_answer: asyncio.Event = field(factory=asyncio.Event)
    closed: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await self.may_answer.wait()
        if request.url.path == "/broken":
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(200, stream=httpx.ByteStream(b"x"))

    async def aclose(self) -> None:
        self.closed = True


def ready_pools() -> list[Pool]:
    pools = [Pool(), Pool(), Pool()]
    for pool in pools:
        pool.may_answer.set()
    return pools


async def failure_when_hung_up(client: httpx.AsyncClient, *, after_steps: int) -> Exception:
    """Post to a server that closes the connection after so many steps of the event loop."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        request = asyncio.create_task(client.post(url, content=b"x"))
        for _ in range(after_steps):
            await asyncio.sleep(0)
        listener.close()
        (outcome,) = await asyncio.gather(request, return_exceptions=True)
    assert isinstance(outcome, Exception)
    return outcome


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_closed_connection_is_always_an_http_error(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """At every step of connecting. At one of them, uvloop's driver raises an AttributeError."""

    async def at_every_step() -> list[Exception]:
        async with SteadyClient(timeout=5, trust_env=False) as client:
            return [await failure_when_hung_up(client, after_steps=steps) for steps in range(25)]

    failures = asyncio.run(at_every_step(), loop_factory=new_loop)

    assert all(isinstance(failure, httpx.HTTPError) for failure in failures), failures


async def test_concurrent_calls_are_spread_evenly() -> None:
    """No pool gets many calls while another has few."""
    pools = [Pool(), Pool(), Pool()]
    async with httpx.AsyncClient(transport=SpreadTransport(pools)) as client, asyncio.TaskGroup() as calls:
        for _ in range(9):
            calls.create_task(client.get("http://there"))

        await eventually(lambda: sum(pool.asked for pool in pools) == 9)
        for pool in pools:
            pool.may_answer.set()

    assert [pool.asked for pool in pools] == [3, 3, 3]


async def test_calls_one_after_the_other_share_a_pool() -> None:
    """So they share its connection."""
    pools = ready_pools()
    async with httpx.AsyncClient(transport=SpreadTransport(pools)) as client:
        for _ in range(4):
            await client.get("http://there")

    assert [pool.asked for pool in pools] == [4, 0, 0]


async def test_an_answer_that_is_being_read_counts() -> None:
    """The connection is in use until the response is closed."""
    pools = ready_pools()
    async with httpx.AsyncClient(transport=SpreadTransport(pools)) as client:
        async with client.stream("GET", "http://there"):
            await client.get("http://there")
        await client.get("http://there")

    assert [pool.asked for pool in pools] == [2, 1, 0]


async def test_a_failed_call_no_longer_counts() -> None:
    """Its pool gets the next call."""
    pools = ready_pools()
    async with httpx.AsyncClient(transport=SpreadTransport(pools)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://there/broken")
        await client.get("http://there")

    assert [pool.asked for pool in pools] == [2, 0, 0]


async def test_all_pools_are_closed() -> None:
    """With the client."""
    pools = ready_pools()

    async with httpx.AsyncClient(transport=SpreadTransport(pools)):
        pass

    assert all(pool.closed for pool in pools)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with several pools."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    async with answering(response(200, b"from the proxy")) as proxy:
        monkeypatch.setenv(variable, proxy)

        async with make_http_client() as client:
            answer = await client.get("http://nowhere.invalid/")

    assert answer.text == "from the proxy"
