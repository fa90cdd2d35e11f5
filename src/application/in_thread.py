"""Run slow computations, such as the reading of a long text, in a thread beside the event loop."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

# One text at a time: Python runs one thread at a time, so more threads would only take time from the event loop.
EXECUTOR = ThreadPoolExecutor(max_workers=1, thread_name_prefix="texts")


async def in_thread[T](compute: Callable[[], T], *, when: bool) -> T:
    """The result of `compute`, which runs in the thread `when` its input is long, and else at once, which is faster.

    The thread gets the context variables of the caller, so that its log lines name the turn.
    """
    if not when:
        return compute()
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(EXECUTOR, context.run, compute)
