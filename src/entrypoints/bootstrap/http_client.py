"""The HTTP client for all that we call: a thousand calls at once, and every failure is one of httpx'."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

import httpx
from attrs import frozen

# Uvicorn, which serves Astromesh, drops idle connections after five seconds; who closes first loses no request.
KEEP_ALIVE_SECONDS = 4.0
SEND_SECONDS = 10.0
POOLS = 16


class SteadyClient(httpx.AsyncClient):
    """Takes a server that hangs up the moment it was connected to for a failed connection, on every event loop.

    The driver asks the new connection for its peer. When that is gone, uvloop has no socket to ask any more and asyncio
    a closed one: an AttributeError or OSError passes by httpx' own translation. Nothing was sent by then.
    """

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return await super().send(request, **options)
        except (AttributeError, OSError) as error:
            raise httpx.ConnectError(f"hung up while connecting: {error!r}", request=request) from error


@frozen(eq=False)
class _WatchedStream(httpx.AsyncByteStream):
    stream: httpx.AsyncByteStream
    on_close: Callable[[], None]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self.stream:
            yield part

    async def aclose(self) -> None:
        try:
            await self.stream.aclose()
        finally:
            self.on_close()


class SpreadTransport(httpx.AsyncBaseTransport):
    """Gives each request to the pool with the fewest under way, the first of those.

    A pool of httpcore looks at all its connections whenever a request begins or ends (encode/httpcore#1035): with a
    thousand calls at once in a single one, nearly all time goes there.
    """

    def __init__(self, pools: Sequence[httpx.AsyncBaseTransport]) -> None:
        self._under_way = dict.fromkeys(pools, 0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = min(self._under_way, key=self._under_way.__getitem__)

        def done() -> None:
            self._under_way[pool] -= 1

        self._under_way[pool] += 1
        try:
            response = await pool.handle_async_request(request)
        except BaseException:
            done()
            raise
        response.stream = _WatchedStream(cast("httpx.AsyncByteStream", response.stream), done)
        return response

    async def aclose(self) -> None:
        for pool in self._under_way:
            await pool.aclose()


def make_http_client() -> httpx.AsyncClient:
    """As many connections as there are calls under way.

    What the environment sends through a proxy (HTTPS_PROXY and its like) is not spread.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEEP_ALIVE_SECONDS)
    certificates = httpx.create_ssl_context()
    pools = [httpx.AsyncHTTPTransport(verify=certificates, limits=limits) for _ in range(POOLS)]
    # A mount, for httpx looks for no proxies when it is given its transport; theirs go before it.
    mounts = {"all://*": SpreadTransport(pools)}
    return SteadyClient(verify=certificates, limits=limits, mounts=mounts, timeout=SEND_SECONDS)
