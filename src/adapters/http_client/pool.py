"""The connections to all servers. A request gets one that is idle, or a new one."""

import asyncio
import ssl
from collections import defaultdict
from time import monotonic
from typing import NamedTuple

import httpx

from adapters.http_client.connection import Connection
from adapters.http_client.sockets import PrivateAddressError, open_socket


class Origin(NamedTuple):
    """What a connection leads to."""

    is_secure: bool
    host: str
    port: int


class ConnectionPool:
    """Has as many connections as there are requests at once.

    A connection that was idle for `idle_seconds` serves no request any more. It is closed at twice that time at the
    latest: one timer for all costs less than one for each.

    With `public_only`, it connects to public addresses only.
    Taking a connection and giving it back take the same time however many there are.
    """

    def __init__(self, *, certificates: ssl.SSLContext, idle_seconds: float, public_only: bool = False) -> None:
        self._certificates = certificates
        self._public_only = public_only
        self._idle_seconds = idle_seconds
        self._origins: dict[Connection, Origin] = {}
        self._idle = defaultdict[Origin, dict[Connection, float]](dict)  # since when, the longest first
        self._closing: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def take(self, origin: Origin, *, seconds: float | None) -> Connection:
        """A connection for one request.

        Raises:
            httpx.ConnectError, httpx.ConnectTimeout: there is none.
            httpx.UnsupportedProtocol: there may be none, because the address is private.
            RuntimeError: the pool is closed.
        """
        idle = self._idle.get(origin)
        while idle:
            connection, since = idle.popitem()  # the one that was used last
            if connection.is_reusable and monotonic() - since < self._idle_seconds:
                return connection
            connection.close()
        if self._is_closed:
            raise RuntimeError("the client is closed")
        return await self._connect(origin, seconds)

    def give_back(self, connection: Connection) -> None:
        """The request is over, or was given up."""
        if connection.is_reusable:
            self._idle[self._origins[connection]][connection] = monotonic()
            if self._closing is None:
                self._close_idle_later()
        else:
            connection.close()

    async def aclose(self) -> None:
        self._is_closed = True
        if self._closing:
            self._closing.cancel()
        for connection in list(self._origins):
            connection.close()
        await asyncio.sleep(0)  # the event loop closes them in its next step

    async def _connect(self, origin: Origin, seconds: float | None) -> Connection:
        try:
            async with asyncio.timeout(seconds):
                connection = await self._open(origin)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"no connection within {seconds} s") from error
        except PrivateAddressError as error:
            raise httpx.UnsupportedProtocol("the address is not public") from error
        except (OSError, UnicodeError) as error:  # UnicodeError: a label of the host name is too long
            raise httpx.ConnectError(str(error)) from error
        if self._is_closed:
            connection.close()
            raise RuntimeError("the client was closed meanwhile")
        self._origins[connection] = origin
        return connection

    async def _open(self, origin: Origin) -> Connection:
        opened = await open_socket(origin.host, origin.port, public_only=self._public_only)
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self._forget),
                sock=opened,
                ssl=self._certificates if origin.is_secure else None,
                server_hostname=origin.host if origin.is_secure else None,
            )
        except BaseException:
            opened.close()
            raise
        return connection

    def _close_idle_later(self) -> None:
        self._closing = asyncio.get_running_loop().call_later(self._idle_seconds, self._close_idle)

    def _close_idle(self) -> None:
        self._closing = None
        due = monotonic() - self._idle_seconds
        for connection, since in [each for idle in self._idle.values() for each in idle.items()]:
            if since <= due:
                connection.close()
        if self._idle:
            self._close_idle_later()

    def _forget(self, connection: Connection) -> None:
        origin = self._origins.pop(connection, None)
        if origin and (idle := self._idle.get(origin)) is not None:
            idle.pop(connection, None)
            if not idle:
                del self._idle[origin]
