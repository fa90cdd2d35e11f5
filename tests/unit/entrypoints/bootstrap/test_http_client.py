"""Which client is used, and its errors when a server closes the connection."""

import asyncio
import socket
from collections.abc import Callable

import httpx
import pytest
import uvloop

from adapters.channel_kit.http import NOT_CONNECTED
from entrypoints.bootstrap.http_client import SteadyClient, make_http_client
from support.canned_http import answering, response
from support.graph_server import unused_address

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
CLIENTS = {"ours": make_http_client, "for proxies": lambda: SteadyClient(timeout=5, trust_env=False)}


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


@pytest.mark.parametrize("new_client", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_closed_connection_is_always_an_http_error(
    new_loop: Callable[[], asyncio.AbstractEventLoop], new_client: Callable[[], httpx.AsyncClient]
) -> None:
    """At every step of connecting. At one of them, httpcore raises an AttributeError on uvloop."""

    async def at_every_step() -> list[Exception]:
        async with new_client() as client:
            return [await failure_when_hung_up(client, after_steps=steps) for steps in range(25)]

    failures = asyncio.run(at_every_step(), loop_factory=new_loop)

    assert all(isinstance(failure, httpx.HTTPError) for failure in failures), failures


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the proxies of the test are set."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_used(
    variable: str, no_proxy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our transport does not lead past it."""
    async with answering(response(200, b"from the proxy")) as proxy:
        monkeypatch.setenv(variable, proxy)

        async with make_http_client() as client:
            answer = await client.get("http://nowhere.invalid/")

    assert answer.text == "from the proxy"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_away(scheme: str, no_proxy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent."""
    monkeypatch.setenv(f"{scheme}_proxy", unused_address())

    async with make_http_client() as client:
        with pytest.raises(NOT_CONNECTED):
            await client.post(f"{scheme}://nowhere.invalid/")


async def test_a_proxy_that_refuses(no_proxy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes no connection, so nothing was sent."""
    async with answering(response(407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)

        async with make_http_client() as client:
            with pytest.raises(NOT_CONNECTED):
                await client.post("https://nowhere.invalid/")


async def test_an_address_beside_the_proxy(no_proxy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY holds."""
    monkeypatch.setenv("HTTP_PROXY", unused_address())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with answering(response(200, b"direct")) as url, make_http_client() as client:
        answer = await client.post(url)

    assert answer.text == "direct"
