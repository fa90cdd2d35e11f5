"""A server that answers every request with the same bytes, valid or not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from support.loopback import listening


def response(status: int, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d Scripted\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(body), body)


@contextlib.asynccontextmanager
async def answering(*pieces: bytes, every_seconds: float = 0, reset: bool = False) -> AsyncIterator[str]:
    """Serve `pieces` to each client, one after the other. With `reset`, the connection is reset instead of closed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_seconds)
        if reset:
            writer.transport.abort()

    async with listening(answer) as url:
        yield url
