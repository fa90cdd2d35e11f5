"""The HTTP client for every service that we call: for a thousand calls at once, failing only with httpx errors."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

import httpx
from attrs import frozen

# Uvicorn, which serves Astromesh, closes idle connections after five seconds. Closing them earlier loses no request.
KEEP_ALIVE_SECONDS = 4.0
SEND_SECONDS = 10.0
POOLS = 16


class SteadyClient(httpx.AsyncClient):
    """Treats a server that closes a connection right after accepting it as a failed connection.

    httpcore asks the new connection for its peer address. If it is closed by then, uvloop raises an AttributeError and
    asyncio an OSError, which httpx does not translate. Nothing was sent at that point.
    """

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return await super().send(request, **options)
        except (AttributeError, OSError) as error:
            raise httpx.ConnectError(f"closed while connecting: {error!r}", request=request) from error


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
    """Spreads requests over several pools: each goes to the first pool with the fewest open requests.

    A pool of httpcore looks at all its connections whenever a request begins or ends (encode/httpcore#1035). With a
    thousand open requests in one pool, this takes nearly all the time.
    """

    def __init__(self, pools: Sequence[httpx.AsyncBaseTransport]) -> None:
        self._open = dict.fromkeys(pools, 0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = min(self._open, key=self._open.__getitem__)

        self._open[pool] += 1
        try:
            response = await pool.handle_async_request(request)
        except BaseException:
            self._open[pool] -= 1
            raise

        def close() -> None:
            self._open[pool] -= 1
            # httpx has put a stream here that refers to the response. Only a full garbage collection would free both,
            # with all bytes that were received and not read.
            response.stream = httpx.ByteStream(b"")

        response.stream = _WatchedStream(cast("httpx.AsyncByteStream", response.stream), close)
        return response

    async def aclose(self) -> None:
        for pool in self._open:
            await pool.aclose()


def make_http_client() -> httpx.AsyncClient:
    """A client with as many connections as open requests. Requests through a proxy (HTTPS_PROXY) are not spread."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEEP_ALIVE_SECONDS)
    certificates = httpx.create_ssl_context()
    pools = [httpx.AsyncHTTPTransport(verify=certificates, limits=limits) for _ in range(POOLS)]
    # A mount and not `transport`: with that httpx ignores the proxies of the environment. Their mounts have priority.
    mounts = {"all://*": SpreadTransport(pools)}
    return SteadyClient(verify=certificates, limits=limits, mounts=mounts, timeout=SEND_SECONDS)
