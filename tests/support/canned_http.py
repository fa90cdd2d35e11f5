"""A server that answers every request with the same bytes, right or wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from support.loopback import listening


def response(status: int, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d Scripted\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, len(body), body)


@contextlib.asynccontextmanager
async def answering(*pieces: bytes, every_seconds: float = 0, reset: bool = False) -> AsyncIterator[str]:
    """Serve `pieces` to whoever asks, one after the other; with `reset`, cut the connection instead of ending it."""

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
