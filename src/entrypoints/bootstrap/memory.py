"""Memory that is free goes back to the system."""

import contextlib
import ctypes

# mallopt(3) of the GNU C library.
M_MMAP_THRESHOLD = -3
LARGE_BYTES = 128 * 1024


def give_back_large_blocks() -> None:
    """Let the C library ask the system for each block of `LARGE_BYTES` or more, and give it back when it is freed.

    By default it raises that limit to the size of whatever is freed, up to 32 MB: the memory of a file of 16 MB then
    stays with the process. Nothing happens where the C library is not GNU's.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
