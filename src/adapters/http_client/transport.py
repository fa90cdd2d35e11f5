"""The transport that httpx uses in place of its own. Why: docs/adr/0012-an-http-transport-of-our-own.md."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable

import httpx
from attrs import frozen

from adapters.http_client.connection import Connection
from adapters.http_client.incoming import IncomingResponse
from adapters.http_client.pool import ConnectionPool, Origin

type Header = tuple[bytes, bytes]

DEFAULT_PORTS = {"http": 80, "https": 443}
LEGAL_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
LEGAL_VALUE = re.compile(rb"(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?")


class PooledTransport(httpx.AsyncBaseTransport):
    """Sends each request once, over HTTP/1.1.

    httpx.ConnectError, ConnectTimeout, UnsupportedProtocol and LocalProtocolError mean that nothing was sent. After
    every other failure, nobody knows what the server has read.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin, (first, rest) = origin_of(request.url), _as_sent(request)
        timeouts = httpx.Timeout(None, **request.extensions.get("timeout", {}))
        connection = await self.pool.take(origin, seconds=timeouts.connect)
        return self.response(connection, await connection.exchange(first, rest, timeouts=timeouts), timeouts)

    def response(self, connection: Connection, incoming: IncomingResponse, timeouts: httpx.Timeout) -> httpx.Response:
        """The response as one of httpx, whose body may still be on its way. Close it, or the connection stays open."""
        return httpx.Response(
            incoming.status,
            headers=incoming.headers,
            stream=_Body(self.pool, connection, timeouts.read),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": incoming.reason},
        )

    async def aclose(self) -> None:
        await self.pool.aclose()


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


def origin_of(url: httpx.URL) -> Origin:
    """Where a request to this address is sent.

    Raises:
        httpx.UnsupportedProtocol: it is no address of http or https.
    """
    scheme = url.scheme
    if scheme not in DEFAULT_PORTS or not url.raw_host:
        raise httpx.UnsupportedProtocol("the address is not one of http or https")
    return Origin(scheme == "https", url.raw_host.decode("ascii"), url.port or DEFAULT_PORTS[scheme])


def header_lines(headers: Iterable[Header]) -> bytes:
    """The headers as they are sent. No value can add a line.

    Raises:
        httpx.LocalProtocolError: a header has characters that it may not have. They are not shown: it may be a secret.
    """
    lines = b""
    for name, value in headers:
        if not (LEGAL_NAME.fullmatch(name) and LEGAL_VALUE.fullmatch(value)):
            raise httpx.LocalProtocolError("a header has illegal characters")
        lines += b"%b: %b\r\n" % (name, value)
    return lines


def _head(request: httpx.Request) -> bytes:
    """The first lines of the request.

    Raises:
        httpx.LocalProtocolError: a header is illegal, or the method is one whose responses have no body, which
            `IncomingResponse` does not know.
    """
    if request.method in {"HEAD", "CONNECT"}:
        raise httpx.LocalProtocolError(f"{request.method} is not supported")
    first = b"%b %b HTTP/1.1\r\n" % (request.method.encode("ascii"), request.url.raw_path)
    return first + header_lines(request.headers.raw) + b"\r\n"


def _as_sent(request: httpx.Request) -> tuple[bytes, AsyncIterable[bytes] | None]:
    """The request, and the pieces of its body that follow: in chunks where httpx does not know its length."""
    head = _head(request)
    if isinstance(request.stream, httpx.ByteStream):
        return head + request.content, None
    if not isinstance(request.stream, httpx.AsyncByteStream):
        raise TypeError("the body is one for synchronous clients")
    return head, _in_chunks(request.stream) if "transfer-encoding" in request.headers else request.stream


async def _in_chunks(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for piece in body:
        if piece:  # an empty chunk would end the body
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
