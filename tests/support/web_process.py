"""The web application on a real socket in this event loop, and raw connections to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from attrs import define, field

from entrypoints.http.server.serving import MAX_CONNECTIONS, run_web
from support.http_services import OPERATOR, FakeServices
from support.signed_channel import SIGNED, WEBHOOK

SIGNATURE = b"".join(f"{name}: {value}\r\n".encode() for name, value in SIGNED.items())
POST = b"POST " + WEBHOOK.encode() + b" HTTP/1.1\r\nHost: localhost\r\n" + SIGNATURE
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
EVENTS = b"GET /v1/channels/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\n\r\n" % (
    OPERATOR["Authorization"].encode()
)


@define
class Connection:
    """One TCP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> bytes:
        """The next status line and headers."""
        async with asyncio.timeout(10):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def until(self, separator: bytes) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readuntil(separator)

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(10):
            return await self.reader.read()

    async def ended(self) -> bool:
        """Whether the server closed or reset the connection without a response."""
        try:
            return await self.rest() == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@define
class Running:
    """A web server under test; `serving` is done when it has ended."""

    services: FakeServices
    host: str
    port: int
    serving: asyncio.Task[None]
    connections: list[Connection] = field(factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def connect(self) -> Connection:
        connection = Connection(*await asyncio.open_connection(self.host, self.port))
        self.connections.append(connection)
        return connection

    async def stop(self) -> None:
        self.services.stopping.set()
        async with asyncio.timeout(10):
            await asyncio.wait({self.serving})
        if not self.serving.cancelled():
            self.serving.result()


@asynccontextmanager
async def running(
    services: FakeServices | None = None,
    *,
    host: str = "127.0.0.1",
    grace_seconds: float = 5,
    max_connections: int = MAX_CONNECTIONS,
    **changes: Any,
) -> AsyncIterator[Running]:
    services = services or FakeServices()
    address = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        run_web(
            services.app(**changes),
            host=host,
            port=0,
            stopping=services.stopping,
            ready=lambda host, port: address.set_result((host, port)),
            grace_seconds=grace_seconds,
            max_connections=max_connections,
        )
    )
    server = Running(services, *await address, serving)
    try:
        yield server
    finally:
        for connection in server.connections:
            await connection.close()
        await server.stop()


@asynccontextmanager
async def client(server: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=10) as session:
        yield session
