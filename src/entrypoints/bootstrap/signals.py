"""What a process hears from outside: signals, and its supervisor."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator

# What a supervised process and its supervisor write to each other.
RELOAD = "reload"


@contextlib.contextmanager
def stopped_by_signals(stopping: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set the event. The parts that watch it end in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def on_signal(number: signal.Signals, call: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(number, call)
    try:
        yield
    finally:
        loop.remove_signal_handler(number)


def tell_supervisor() -> None:
    """Have the supervisor reload the other processes."""
    with contextlib.suppress(OSError):  # it is gone, and this process will soon be
        sys.stdout.write(f"{RELOAD}\n")
        sys.stdout.flush()


@contextlib.contextmanager
def supervised_by_parent(stopping: asyncio.Event, *, reload: Callable[[], None]) -> Iterator[None]:
    """Listen to the process at the other end of standard input. What it writes asks for a reload.

    The end of the input sets the event: that process is gone, and cannot send a signal.
    """
    loop = asyncio.get_running_loop()

    def heard() -> None:
        if os.read(0, 1024):
            reload()
        else:
            loop.remove_reader(0)
            stopping.set()

    loop.add_reader(0, heard)
    try:
        yield
    finally:
        loop.remove_reader(0)
