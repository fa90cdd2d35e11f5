"""The transport that httpx uses in place of its own. Why: docs/adr/0012-an-http-transport-of-our-own.md."""

import re
from collections.abc import AsyncIterable, AsyncIterator

import httpx
from attrs import frozen

from adapters.http.connection import Connection
from adapters.http.incoming import MAX_PIECE_BYTES
from adapters.http.pool import ConnectionPool, Origin

DEFAULT_PORTS = {"http": 80, "https": 443}
LEGAL_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
LEGAL_VALUE = re.compile(rb"(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?")


class PooledTransport(httpx.AsyncBaseTransport):
    """Sends each request once, over HTTP/1.1.

    httpx.ConnectError, ConnectTimeout, UnsupportedProtocol and LocalProtocolError mean that nothing was sent. After
    every other failure, nobody knows what the server has read.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin, head, body = _origin(request.url), _head(request), _body(request)
        timeouts = request.extensions.get("timeout", {})
        connection = await self._pool.take(origin, seconds=timeouts.get("connect"))
        try:
            await connection.send(head, body, seconds=timeouts.get("write"))
            incoming = await connection.response(seconds=timeouts.get("read"))
        except BaseException:
            connection.close()
            raise
        stream: httpx.AsyncByteStream
        if incoming.is_complete and len(incoming.body) <= MAX_PIECE_BYTES:
            stream = httpx.ByteStream(bytes(incoming.body))
            self._pool.give_back(connection)
        else:
            stream = _Body(self._pool, connection, timeouts.get("read"))
        return httpx.Response(
            incoming.status,
            headers=incoming.headers,
            stream=stream,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": incoming.reason},
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


@frozen(eq=False)
class _Body(httpx.AsyncByteStream):
    """A body that is read while it arrives."""

    pool: ConnectionPool
    connection: Connection
    read_seconds: float | None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self.connection.read(seconds=self.read_seconds):
            yield piece

    async def aclose(self) -> None:
        self.pool.give_back(self.connection)


def _origin(url: httpx.URL) -> Origin:
    scheme = url.scheme
    if scheme not in DEFAULT_PORTS or not url.raw_host:
        raise httpx.UnsupportedProtocol("the address is not one of http or https")
    return Origin(scheme == "https", url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS[scheme])


def _head(request: httpx.Request) -> bytes:
    """The first lines of the request, which nothing from outside can add a line to.

    Raises:
        httpx.LocalProtocolError: a header has characters that it may not have. They are not shown: it may be a secret.
            Or the method is one whose responses have no body, which `IncomingResponse` does not know.
    """
    if request.method in {"HEAD", "CONNECT"}:
        raise httpx.LocalProtocolError(f"{request.method} is not supported")
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    for name, value in request.headers.raw:
        if not (LEGAL_NAME.fullmatch(name) and LEGAL_VALUE.fullmatch(value)):
            raise httpx.LocalProtocolError("a header has illegal characters")
        lines.append(b"%b: %b" % (name, value))
    return b"\r\n".join((*lines, b"\r\n"))


def _body(request: httpx.Request) -> bytes | AsyncIterable[bytes]:
    """The body as it is sent: as it is, or in chunks where httpx does not know its length."""
    if isinstance(request.stream, httpx.ByteStream):
        return request.content
    if not isinstance(request.stream, httpx.AsyncByteStream):
        raise TypeError("the body is one for synchronous clients")
    return _in_chunks(request.stream) if "transfer-encoding" in request.headers else request.stream


async def _in_chunks(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for piece in body:
        if piece:  # an empty chunk would end the body
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
