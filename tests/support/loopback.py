"""A small server of a test's own, on a free port of this machine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

type Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """Let `handler` serve each connection; yields the address for HTTP."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
