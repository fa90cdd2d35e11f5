"""Wait until a condition is true."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def eventually[T](probe: Callable[[], T | Awaitable[T]], *, seconds: float = 30.0) -> T:
    """Call `probe` until its answer is true, and return it. Fail after `seconds`, which a busy machine may need."""
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
