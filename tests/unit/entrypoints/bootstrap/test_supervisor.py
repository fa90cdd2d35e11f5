"""What a supervisor does with processes that end."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrypoints.bootstrap.supervisor import Supervisor
from entrypoints.http.server.errors import CannotServeError
from support.polling import eventually

READY = "print('ready', flush=True); "
UNTIL_ITS_INPUT_ENDS = "import sys; sys.stdin.read()"
HOLDS_ON = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(99)"
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def supervisor(program: str, directory: Path, listener: socket.socket | None, **changes: object) -> Supervisor:
    arguments = {"count": 2, "grace_seconds": 10.0, "ready": None, "stopping": asyncio.Event(), **changes}
    command = [sys.executable, "-c", program]
    return Supervisor(command=command, environ=os.environ, listener=listener, pids=directory, **arguments)


async def test_it_is_ready_once_when_all_are(tmp_path: Path, listener: socket.socket) -> None:
    """It names the address of the socket."""
    announced: list[tuple[str, int]] = []
    running = supervisor(
        READY + UNTIL_ITS_INPUT_ENDS, tmp_path, listener, ready=lambda *address: announced.append(address)
    )

    async with asyncio.TaskGroup() as group:
        group.create_task(running.run())
        await eventually(lambda: announced)
        pids = sorted(tmp_path.iterdir())
        running.stopping.set()

    assert announced == [listener.getsockname()]
    assert (len(pids), list(tmp_path.iterdir())) == (2, [])


async def test_a_process_that_ends_before_it_was_ready(tmp_path: Path, listener: socket.socket) -> None:
    """To start it again would change nothing."""
    with pytest.raises(CannotServeError, match="ended before it was ready"):
        await supervisor("raise SystemExit(3)", tmp_path, listener).run()


async def test_a_process_that_ends_later_is_started_again(tmp_path: Path, listener: socket.socket) -> None:
    """Again and again, after pauses."""
    starts = tmp_path / "starts"
    running = supervisor(f"{READY}open({str(starts)!r}, 'a').write('x')", tmp_path, listener, count=1)

    async with asyncio.TaskGroup() as group:
        group.create_task(running.run())
        await eventually(lambda: starts.exists() and len(starts.read_text()) >= 3)
        running.stopping.set()


async def test_a_process_that_does_not_stop_is_killed(tmp_path: Path, listener: socket.socket) -> None:
    """After its time."""
    ready = asyncio.Event()
    running = supervisor(HOLDS_ON, tmp_path, listener, grace_seconds=0.1, ready=lambda *_: ready.set())

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(running.run())
        await ready.wait()
        running.stopping.set()
