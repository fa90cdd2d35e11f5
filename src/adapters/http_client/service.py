"""A service that is called for every message: what is the same in all requests to it is prepared once.

Its failures are those of httpx, and mean the same. What it saves: docs/adr/0012-an-http-transport-of-our-own.md.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal

import httpx
from attrs import define, field

from adapters.http_client.client import DirectClient
from adapters.http_client.incoming import MAX_PIECE_BYTES
from adapters.http_client.transport import Header, header_lines, origin_of

type Method = Literal["GET", "POST", "PUT", "DELETE"]
type Admit = Callable[[int], Awaitable[None]]

SUCCESS = range(200, 300)
LEGAL_PATH = re.compile(r"[!-~]*")


class ResponseTooLargeError(httpx.ReadError):
    """The body is larger than it may be. The server has read the request."""


@define(eq=False)
class WholeResponse:
    """A response that was read to its end. The names are those of `httpx.Response`."""

    status_code: int
    reason: bytes
    content: bytes = field(repr=False)

    @property
    def reason_phrase(self) -> str:
        return self.reason.decode("ascii", "ignore")

    @property
    def is_success(self) -> bool:
        return self.status_code in SUCCESS


class HttpService:
    """Sends requests to addresses below `url`, each with `headers`, which may hold secrets.

    A body of more than `max_bytes` is not read to its end. `timeout` is that of the client, unless another is given.
    The client's own transport is used without httpx around it. Where there is none, as for a proxy, httpx sends.

    Raises:
        httpx.UnsupportedProtocol, httpx.LocalProtocolError: the address or a header cannot be used.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        *,
        headers: Iterable[Header],
        max_bytes: int,
        timeout: httpx.Timeout | None = None,
    ) -> None:
        self._client = client
        self._url = httpx.URL(url)
        self._headers = [*client.headers.raw, *headers]
        self._max_bytes = max_bytes
        self._timeout = timeout or client.timeout
        self._origin = origin_of(self._url)
        self._base_path = self._url.raw_path.decode("ascii").rstrip("/")
        self._lines = header_lines([(b"Host", self._url.netloc), *self._headers])
        self._transport = client.transport if isinstance(client, DirectClient) and not self._url.userinfo else None

    async def request(
        self,
        method: Method,
        path: str,
        body: bytes = b"",
        headers: Sequence[Header] = (),
        *,
        admit: Admit | None = None,
    ) -> WholeResponse:
        """The response, whatever its status. `path` begins with a slash.

        When more than 64 KB of a body have arrived, `admit` is awaited after each piece, with the size so far.

        Raises:
            httpx.HTTPError: there is none. Some types mean that nothing was sent: see `PooledTransport`.
            ResponseTooLargeError: it is too large.
        """
        if not LEGAL_PATH.fullmatch(path):
            raise httpx.LocalProtocolError("the path has illegal characters")
        full_path = self._base_path + path
        if self._transport is None:
            request = self._httpx_request(method, full_path, body, headers)
            return await self._read(await self._client.send(request, stream=True), admit)
        first = f"{method} {full_path} HTTP/1.1\r\n".encode("ascii")
        length = b"Content-Length: %d\r\n" % len(body) if body or method == "POST" else b""
        whole = b"%b%b%b%b\r\n%b" % (first, self._lines, header_lines(headers), length, body)
        connection = await self._transport.pool.take(self._origin, seconds=self._timeout.connect)
        incoming = await connection.exchange(whole, timeouts=self._timeout, whole=True)
        if incoming.is_encoded or not incoming.is_complete or len(incoming.body) > MAX_PIECE_BYTES:
            return await self._read(self._transport.response(connection, incoming, self._timeout), admit)
        self._transport.pool.give_back(connection)
        return WholeResponse(incoming.status, incoming.reason, bytes(incoming.body))

    def _httpx_request(self, method: Method, path: str, body: bytes, headers: Sequence[Header]) -> httpx.Request:
        url, extensions = self._url.copy_with(raw_path=path.encode("ascii")), {"timeout": self._timeout.as_dict()}
        return httpx.Request(method, url, headers=[*self._headers, *headers], content=body, extensions=extensions)

    async def _read(self, response: httpx.Response, admit: Admit | None) -> WholeResponse:
        """Read a body that is large, packed, or comes through httpx."""
        content = bytearray()
        async with contextlib.aclosing(response):
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > self._max_bytes:
                    too_large = f"HTTP {response.status_code} with a body of more than {self._max_bytes} bytes"
                    raise ResponseTooLargeError(too_large)
                if admit and len(content) > MAX_PIECE_BYTES:
                    await admit(len(content))
        return WholeResponse(response.status_code, response.reason_phrase.encode("ascii", "ignore"), bytes(content))
