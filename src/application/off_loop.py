"""Compute beside the event loop what a long text could make slow."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

# One text after the other: more threads would only take the time from each other, and from the event loop.
EXECUTOR = ThreadPoolExecutor(max_workers=1, thread_name_prefix="texts")


async def off_loop[T](compute: Callable[[], T], *, long: bool) -> T:
    """The result of `compute`, which runs in a thread when its input is `long`: short ones are done before that begins.

    What it logs names the turn, as it does here.
    """
    if not long:
        return compute()
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(EXECUTOR, context.run, compute)
