"""The memory of this process: what is freed goes back to the system, and garbage collection does not stop the service.

The C library's functions exist only in the GNU one; elsewhere its part does nothing.
"""

import asyncio
import contextlib
import ctypes
import gc
import resource
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from entrypoints.http.server.byte_limit import MEGABYTE

# mallopt(3) of the GNU C library.
M_MMAP_THRESHOLD = -3
LARGE_BYTES = 128 * 1024
TRIM_SECONDS = 5.0
# Below this growth a trim is not worth its time: 5 to 35 ms for a heap of half a gigabyte.
WORTHWHILE_BYTES = 16 * MEGABYTE
# Objects that refer to each other hold large files until a full collection. It stops everything while it looks at all
# objects, for up to 0.3 s. So it happens before a trim only when there are new objects, few tasks, and little to do.
MIN_NEW_OBJECTS = 1_000
FEW_TASKS = 100
IDLE_SECONDS = 0.5  # of processor time between two looks
STATM = Path("/proc/self/statm")
# Thresholds of the three generations, for gc.set_threshold.
RARE_COLLECTION = (50_000, 20, 100)


def return_large_blocks() -> None:
    """Make the C library take each block of `LARGE_BYTES` or more from the system, and return it when it is freed.

    By default it raises that limit to the size of whatever is freed, up to 32 MB: the memory of a file of 16 MB then
    stays with the process.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


@contextlib.contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Collect garbage less often, and never look again at what exists now: it lives as long as the service.

    A full collection stops everything while it looks at every object: 0.4 s with ten thousand turns.
    """
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARE_COLLECTION)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@contextlib.asynccontextmanager
async def trimmed_memory() -> AsyncIterator[None]:
    """Every `TRIM_SECONDS`, return freed memory to the system if the process has grown since the start.

    Without it the GNU C library keeps small freed blocks that lie behind one in use.
    """
    trim = _trim_function()
    trimming = asyncio.create_task(_keep_trimming(trim)) if trim is not None else None
    try:
        yield
    finally:
        if trimming is not None:
            trimming.cancel()


def _trim_function() -> Callable[[int], int] | None:
    """malloc_trim(3), where it exists and the process can see its own size."""
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
        worked = time.process_time()
        await asyncio.sleep(TRIM_SECONDS)
        is_idle = time.process_time() - worked < IDLE_SECONDS and len(asyncio.all_tasks()) < FEW_TASKS
        if _resident_bytes() - at_start < WORTHWHILE_BYTES:
            continue
        if is_idle and gc.get_count()[0] > MIN_NEW_OBJECTS:
            gc.collect()
        trim(0)


def _resident_bytes() -> int:
    return int(STATM.read_text().split()[1]) * resource.getpagesize()
