"""Bytes on a connection, valid HTTP or not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from support.web_process import Connection


@asynccontextmanager
async def connected(port: int, *, address: str | None = None) -> AsyncIterator[Connection]:
    """A connection, from `address` of this machine where one is given."""
    local = None if address is None else (address, 0)
    connection = Connection(*await asyncio.open_connection("127.0.0.1", port, local_addr=local))
    try:
        yield connection
    finally:
        await connection.close()


async def answers(port: int, *pieces: bytes, address: str | None = None) -> bytes:
    """Everything the server sends after these bytes until it closes or resets the connection."""
    async with connected(port, address=address) as connection:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                await connection.send(piece)
        said = bytearray()
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(15):
                while piece := await connection.reader.read(65536):
                    said += piece
        return bytes(said)


def statuses(said: bytes) -> list[int]:
    """The status of each response. Empty when the server only closed the connection."""
    lines = [line for line in said.split(b"\r\n") if b"HTTP/1.1 " in line]
    return [int(line.rpartition(b"HTTP/1.1 ")[2][:3]) for line in lines]
