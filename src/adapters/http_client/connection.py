"""One HTTP/1.1 connection, seen from the client: a request goes out, its response comes in.

httptools parses, as it does in Uvicorn. Failures are those of httpx. `Connection` never sends a request twice.
"""

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import cast

import httpx

from adapters.http_client.incoming import IncomingResponse


class Connection(asyncio.Protocol):
    """Serves one request at a time. `on_lost` is called when the connection is closed, by either side."""

    _transport: asyncio.Transport

    def __init__(self, on_lost: Callable[["Connection"], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_lost = on_lost
        self._incoming = IncomingResponse()
        self._is_sent = False
        self._error: httpx.TransportError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_full = False

    async def exchange(
        self,
        request: bytes,
        rest: AsyncIterable[bytes] | None = None,
        *,
        timeouts: httpx.Timeout,
        whole: bool = False,
    ) -> IncomingResponse:
        """Send a request, and the `rest` of it in pieces. Returns the response as soon as its head is there.

        With `whole`, as soon as all of it is there, or as much as may wait to be read. When a response comes before the
        end of the request, the rest is not sent. After a failure, the connection is closed.

        Raises:
            httpx.ConnectError: the connection was closed before. Nothing was sent.
            httpx.WriteTimeout: the server took nothing in time.
            httpx.ReadTimeout: nothing came in time.
            httpx.ReadError, httpx.RemoteProtocolError: the connection broke, or the response is not HTTP/1.1.
        """
        if self._transport.is_closing():
            raise httpx.ConnectError("closed while connecting")
        incoming, self._is_sent = self._incoming, False
        incoming.expect()
        try:
            self._transport.write(request)
            if self._is_full:
                await self._until_taken(timeouts.write)
            self._is_sent = rest is None or await self._send_rest(rest, timeouts.write)
            while not (incoming.is_complete or (incoming.has_head and (incoming.is_full or not whole))):
                await self._event(timeouts.read, httpx.ReadTimeout)
        except BaseException:
            self.close()
            raise
        return incoming

    async def read(self, *, seconds: float | None) -> bytes:
        """The next piece of the body, or nothing at its end. Raises what `exchange` raises of a response."""
        incoming = self._incoming
        while not (incoming.body or incoming.is_complete):
            await self._event(seconds, httpx.ReadTimeout)
        piece = incoming.take()
        if not (incoming.is_full or self._transport.is_closing()):
            self._transport.resume_reading()
        return piece

    @property
    def is_reusable(self) -> bool:
        """Whether the last request is over on both sides, so that another one may follow."""
        incoming = self._incoming
        return incoming.is_complete and incoming.keeps_connection and self._is_sent and not self._transport.is_closing()

    def close(self) -> None:
        """Close it at once. A request that is under way fails."""
        self._fail(httpx.ReadError("closed by ourselves"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        incoming = self._incoming
        if incoming.is_complete:
            self.close()  # nobody asked: it must not become the answer to the next request
            return
        try:
            incoming.feed(data)
        except httpx.RemoteProtocolError as error:
            self._fail(error)
            return
        if incoming.is_full:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self._incoming.end(in_order=error is None and self._error is None)
        if self._error is None:
            lost = "the server closed the connection"
            self._error = httpx.ReadError(str(error)) if error else httpx.RemoteProtocolError(lost)
        self._is_full = False
        self._wake()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._wake()

    def _fail(self, error: httpx.TransportError) -> None:
        self._error = self._error or error
        self._transport.abort()
        self._wake()

    async def _send_rest(self, rest: AsyncIterable[bytes], seconds: float | None) -> bool:
        """Whether all of it was sent."""
        async for piece in rest:
            if self._incoming.has_head or self._error:
                return False
            if not self._transport.is_closing():
                self._transport.write(piece)
            await self._until_taken(seconds)
        return True

    async def _until_taken(self, seconds: float | None) -> None:
        """Wait until the server has taken enough of what was written, or there is a response or an error."""
        while self._is_full and not (self._incoming.has_head or self._error):
            await self._event(seconds, httpx.WriteTimeout)

    def _event(self, seconds: float | None, too_late: type[httpx.TimeoutException]) -> asyncio.Future[None]:
        """It ends when something happens, or fails after `seconds`. `asyncio.timeout` would need a context and a task.

        Raises:
            httpx.TransportError: nothing happens any more.
        """
        if self._error:
            raise self._error
        self._waiter = self._loop.create_future()
        if seconds is not None:
            self._timer = self._loop.call_later(seconds, _expire, self._waiter, too_late, seconds)
        return self._waiter

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter and not waiter.done():
            waiter.set_result(None)
        if self._timer:
            self._timer.cancel()
            self._timer = None


def _expire(waiter: asyncio.Future[None], too_late: type[httpx.TimeoutException], seconds: float) -> None:
    if not waiter.done():
        waiter.set_exception(too_late(f"nothing for {seconds} s"))
