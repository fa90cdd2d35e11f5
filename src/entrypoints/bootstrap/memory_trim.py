"""Give memory that was freed back to the system, once a rush is over."""

import asyncio
import contextlib
import ctypes
import gc
import resource
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from entrypoints.http.server.byte_limit import MEGABYTE

TRIM_SECONDS = 5.0
# Below this growth it is not worth the time of the C library: 5 to 35 ms for a heap of half a gigabyte.
WORTHWHILE_BYTES = 16 * MEGABYTE
# Large files may hang on objects that refer to each other, until these are collected. To look for them stops everything
# for as long as there are objects: it is done when there is something new, and while few turns are under way.
MIN_GARBAGE = 1_000
FEW_TASKS = 100
STATM = Path("/proc/self/statm")


@contextlib.asynccontextmanager
async def trimmed_memory() -> AsyncIterator[None]:
    """Look at the memory of this process every `TRIM_SECONDS`, and trim it where it has grown since the start.

    The GNU C library keeps small blocks that are freed behind one that is not. Elsewhere nothing happens.
    """
    trim = _trim_function()
    trimming = asyncio.create_task(_keep_trimming(trim)) if trim is not None else None
    try:
        yield
    finally:
        if trimming is not None:
            trimming.cancel()


def _trim_function() -> Callable[[int], int] | None:
    """malloc_trim(3), where there is one, and a way to see whether it is worth it."""
    if not STATM.exists():
        return None
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None
    return trim


async def _keep_trimming(trim: Callable[[int], int]) -> None:
    at_start = _resident_bytes()
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        if _resident_bytes() - at_start < WORTHWHILE_BYTES:
            continue
        if gc.get_count()[0] > MIN_GARBAGE and len(asyncio.all_tasks()) < FEW_TASKS:
            gc.collect()
        trim(0)


def _resident_bytes() -> int:
    return int(STATM.read_text().split()[1]) * resource.getpagesize()
