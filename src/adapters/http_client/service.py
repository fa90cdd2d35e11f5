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
    reason_phrase: str
    content: bytes = field(repr=False)

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
        self._base_path = self._url.raw_path.rstrip(b"/")
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
        full_path = self._base_path + path.encode("ascii")
        if self._transport is None or self._client.is_closed:
            request = self._httpx_request(method, full_path, body, headers)
            return await self._read(await self._client.send(request, stream=True), admit)
        length = b"Content-Length: %d\r\n" % len(body) if body or method == "POST" else b""
        lines = header_lines(headers)
        head = b"%b %b HTTP/1.1\r\n%b%b%b\r\n" % (method.encode("ascii"), full_path, self._lines, lines, length)
        connection, incoming = await self._transport.exchange(self._origin, head, body, self._timeout, whole=True)
        content = None if incoming.is_encoded else self._transport.small_body(connection, incoming)
        if content is None:
            return await self._read(self._transport.response(connection, incoming, self._timeout), admit)
        return WholeResponse(incoming.status, incoming.reason.decode("ascii", "ignore"), content)

    def _httpx_request(self, method: Method, path: bytes, body: bytes, headers: Sequence[Header]) -> httpx.Request:
        url, extensions = self._url.copy_with(raw_path=path), {"timeout": self._timeout.as_dict()}
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
        return WholeResponse(response.status_code, response.reason_phrase, bytes(content))
