"""The embedded store in trouble: started again when it is dead, and only then."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from adapters.redis import embedded
from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError
from support.polling import eventually


def servers(directory: Path) -> list[int]:
    """The processes that work in this directory."""
    processes = psutil.process_iter(["cmdline"])  # none of a process that is dead and not yet buried
    return [
        process.pid for process in processes if any(str(directory) in word for word in process.info["cmdline"] or ())
    ]


def pid_of(directory: Path) -> int:
    return int((directory / "valkey.pid").read_text())


async def test_a_frozen_server_is_waited_for_and_not_doubled(tmp_path: Path) -> None:
    """Two servers on one append-only file would spoil it."""
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    os.kill(pid_of(tmp_path), signal.SIGSTOP)

    starting = asyncio.create_task(store.start())
    await asyncio.wait([starting], timeout=embedded.ANSWER_SECONDS + 1)
    unfinished = not starting.done()
    pids = servers(tmp_path)
    os.kill(pid_of(tmp_path), signal.SIGCONT)
    await starting
    await store.stop()

    assert unfinished
    assert len(pids) == 1


async def test_a_server_that_never_answers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where to look; still there is only one."""
    monkeypatch.setattr(embedded, "START_SECONDS", 1.0)
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    os.kill(pid_of(tmp_path), signal.SIGSTOP)

    with pytest.raises(EmbeddedStoreError, match=r"valkey\.log"):
        await store.start()
    pids = servers(tmp_path)
    os.kill(pid_of(tmp_path), signal.SIGCONT)
    await store.stop()

    assert len(pids) == 1


async def test_a_dead_server_is_started_again(tmp_path: Path) -> None:
    """Whatever it left behind."""
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    first = pid_of(tmp_path)
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: first not in servers(tmp_path))

    await store.start()
    second = pid_of(tmp_path)
    await store.stop()

    assert first != second
