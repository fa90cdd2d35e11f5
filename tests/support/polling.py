"""Wait until a condition is true."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

LEAST_PAUSE, LONGEST_PAUSE = 0.005, 0.05


async def eventually[T](probe: Callable[[], T | Awaitable[T]], *, seconds: float = 30.0) -> T:
    """Call `probe` until its answer is true, and return it. Fail after `seconds`, which a busy machine may need.

    It is called less often the longer it takes: a wait of seconds leaves the processor to the other tests.
    """
    began = time.monotonic()
    while True:
        answer = probe()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"still {answer!r} after {seconds} s")
        await asyncio.sleep(min(max(LEAST_PAUSE, waited / 20), LONGEST_PAUSE))
