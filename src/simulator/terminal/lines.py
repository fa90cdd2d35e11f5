"""What is typed into a terminal, or comes through a pipe, line by line."""

import asyncio
import contextlib
import os
import threading

type Lines = asyncio.Queue[str | None]


def lines_of(descriptor: int) -> Lines:
    """Lines of a terminal, pipe or file, and None at the end; read in a thread that nobody has to wait for."""
    lines: Lines = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        rest = b""
        while chunk := os.read(descriptor, 65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                put(line.decode(errors="replace"))
        if rest:
            put(rest.decode(errors="replace"))
        put(None)

    threading.Thread(target=read, name="terminal", daemon=True).start()
    return lines
