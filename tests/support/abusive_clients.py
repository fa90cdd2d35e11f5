"""Clients that send without reading, stop in the middle, or only hold a connection. And what they cost a process."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from support.polling import eventually
from support.web_process import Connection

MEGABYTE = 1024 * 1024


def memory_of(pid: int) -> int:
    """The resident bytes of a process."""
    resident: int = psutil.Process(pid).memory_info().rss
    return resident


@asynccontextmanager
async def peak_memory(pid: int) -> AsyncIterator[list[int]]:
    """How much the memory of a process rises during the block, in bytes, as the last item of the list."""
    before = memory_of(pid)
    seen = [0]

    async def watch() -> None:
        while True:
            seen.append(max(seen[-1], memory_of(pid) - before))
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()


async def wait_for_memory(pid: int, *, to: int, seconds: float = 10) -> None:
    """Wait until a process holds at most `to` bytes."""
    await eventually(lambda: memory_of(pid) <= to, seconds=seconds)


async def send_without_reading(port: int, request: bytes, *, up_to: int, seconds: float) -> bool:
    """Send `request` again and again, and read nothing. Returns whether the server ended the connection."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    block, until = request * (65536 // len(request) + 1), time.monotonic() + seconds
    sent = 0
    try:
        while sent < up_to and time.monotonic() < until:
            writer.write(block)
            sent += len(block)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await writer.drain()
    except ConnectionError:
        return True
    finally:
        writer.transport.abort()
    return False


async def connect(port: int) -> Connection:
    return Connection(*await asyncio.open_connection("127.0.0.1", port))
