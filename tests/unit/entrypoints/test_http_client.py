"""What a caller is told when the other side hangs up."""

import asyncio
import socket
from collections.abc import Callable

import httpx
import pytest
import uvloop

from entrypoints.http_client import SteadyClient

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


async def failure_when_hung_up(client: httpx.AsyncClient, *, after_steps: int) -> Exception:
    """Post to a server that goes away so many steps of the event loop after the request began."""
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
def test_a_server_that_goes_away_is_always_an_http_error(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """At whichever step of connecting; the driver itself lets an AttributeError out on uvloop at one of them."""

    async def at_every_step() -> list[Exception]:
        async with SteadyClient(timeout=5, trust_env=False) as client:
            return [await failure_when_hung_up(client, after_steps=steps) for steps in range(25)]

    failures = asyncio.run(at_every_step(), loop_factory=new_loop)

    assert all(isinstance(failure, httpx.HTTPError) for failure in failures), failures
