"""Wait for something without sleeping through it."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def eventually[T](probe: Callable[[], T | Awaitable[T]], *, seconds: float = 10.0) -> T:
    """Ask `probe` until it answers something true, or fail after `seconds` with its last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {seconds} s")
        await asyncio.sleep(0.005)
