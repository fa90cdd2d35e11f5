"""A small server of a test's own, on a free port of this machine."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

type Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NO_LINGERING = struct.pack("ii", 1, 0)


@contextlib.asynccontextmanager
async def listening(handler: Handler, *, certificate: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve each connection with `handler` until it returns or the client leaves. Yields the address for HTTP."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate)
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection as the death of a process does: the other side gets a reset."""
    if (connected := writer.get_extra_info("socket")) is not None:
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
    writer.transport.abort()
