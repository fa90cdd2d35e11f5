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
        self._on_lost = on_lost
        self._incoming: IncomingResponse | None = None
        self._is_sent = False
        self._error: httpx.TransportError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_full = False

    async def send(self, head: bytes, body: bytes | AsyncIterable[bytes], *, seconds: float | None) -> None:
        """Send a request. When a response comes before the end of the body, the rest of the body is not sent.

        Raises:
            httpx.ConnectError: the connection was closed before. Nothing was sent.
            httpx.WriteTimeout: the server took nothing for `seconds`.
        """
        if self._transport.is_closing():
            raise httpx.ConnectError("closed while connecting")
        self._incoming, self._is_sent = IncomingResponse(), False
        if isinstance(body, bytes):
            self._transport.write(head + body)
            if self._is_full:
                await self._until_taken(seconds)
        else:
            await self._write(head, seconds)
            async for piece in body:
                if self._incoming.has_head or self._error:
                    return
                await self._write(piece, seconds)
        self._is_sent = True

    async def response(self, *, seconds: float | None, whole: bool = False) -> IncomingResponse:
        """The response, as soon as its head is there.

        With `whole`, as soon as all of it is there, or as much as may wait to be read.

        Raises:
            httpx.ReadTimeout: nothing came for `seconds`.
            httpx.ReadError, httpx.RemoteProtocolError: the connection broke, or the response is not HTTP/1.1.
        """
        incoming = self._response
        while not incoming.has_head or (whole and not (incoming.is_complete or incoming.is_full)):
            await self._wait(seconds, httpx.ReadTimeout)
        return incoming

    async def read(self, *, seconds: float | None) -> bytes:
        """The next piece of the body, or nothing at its end. Raises what `response` raises."""
        incoming = self._response
        while not (incoming.body or incoming.is_complete):
            await self._wait(seconds, httpx.ReadTimeout)
        piece = incoming.take()
        if not (incoming.is_full or self._transport.is_closing()):
            self._transport.resume_reading()
        return piece

    @property
    def is_reusable(self) -> bool:
        """Whether the last request is over on both sides, so that another one may follow."""
        incoming = self._incoming
        return (
            incoming is not None
            and incoming.is_complete
            and incoming.keeps_connection
            and self._is_sent
            and not self._transport.is_closing()
        )

    def close(self) -> None:
        """Close it at once. A request that is under way fails."""
        self._fail(httpx.ReadError("closed by ourselves"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        incoming = self._incoming
        if incoming is None or incoming.is_complete:
            self.close()  # nobody asked: it must not become the answer to the next request
            return
        try:
            incoming.feed(data)
        except httpx.RemoteProtocolError as error:
            self._fail(error)
            return
        if incoming.is_full and not incoming.is_complete:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        if self._incoming:
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

    @property
    def _response(self) -> IncomingResponse:
        if self._incoming is None:
            raise RuntimeError("no request was sent")
        return self._incoming

    def _fail(self, error: httpx.TransportError) -> None:
        self._error = self._error or error
        self._transport.abort()
        self._wake()

    async def _write(self, data: bytes, seconds: float | None) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)
        await self._until_taken(seconds)

    async def _until_taken(self, seconds: float | None) -> None:
        """Wait until the server has taken enough of what was written, or there is a response or an error."""
        while self._is_full and not (self._response.has_head or self._error):
            await self._wait(seconds, httpx.WriteTimeout)

    async def _wait(self, seconds: float | None, too_late: type[httpx.TimeoutException]) -> None:
        """Wait until something happens, for `seconds`. This is `asyncio.timeout` without its task and its context."""
        if self._error:
            raise self._error
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, _expire, self._waiter, too_late, seconds)
        try:
            await self._waiter
        finally:
            self._waiter = None
            if timer:
                timer.cancel()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


def _expire(waiter: asyncio.Future[None], too_late: type[httpx.TimeoutException], seconds: float) -> None:
    if not waiter.done():
        waiter.set_exception(too_late(f"nothing for {seconds} s"))
