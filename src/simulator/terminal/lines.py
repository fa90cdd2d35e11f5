"""Reads lines from a terminal, a pipe or a file."""

import asyncio
import contextlib
import os
import threading

type Lines = asyncio.Queue[str | None]


def lines_of(descriptor: int) -> Lines:
    """A queue of the lines of this file descriptor, and None at the end. A daemon thread reads them."""
    lines: Lines = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is closed
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        rest = b""
        while chunk := os.read(descriptor, 65536):
            *complete, rest = (rest + chunk).split(b"\n")
            for line in complete:
                put(line.decode(errors="replace"))
        if rest:
            put(rest.decode(errors="replace"))
        put(None)

    threading.Thread(target=read, name="terminal", daemon=True).start()
    return lines
