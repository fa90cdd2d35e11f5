"""Trouble of the embedded store: it is started again only when it is dead."""

import asyncio
import contextlib
import importlib.util
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from adapters.redis import embedded
from adapters.redis.connection import StoreConnections
from adapters.redis.embedded import EmbeddedStore, EmbeddedStoreError
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.store import StoreUnavailableError
from domain.people.person import Person
from support.messages import enqueued
from support.polling import eventually

ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def servers(directory: Path) -> list[int]:
    """The processes that work in this directory."""
    processes = psutil.process_iter(["cmdline"])  # none of a process that is dead and not yet reaped
    return [
        process.pid for process in processes if any(str(directory) in word for word in process.info["cmdline"] or ())
    ]


def pid_of(directory: Path) -> int:
    return int((directory / "valkey.pid").read_text())


async def test_a_frozen_server_is_not_started_a_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers on one append-only file would damage it."""
    monkeypatch.setattr(embedded, "ANSWER_SECONDS", 0.5)
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


async def test_a_platform_without_a_server_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(EmbeddedStoreError, match="no server for this platform; name a store"):
        await EmbeddedStore(directory=tmp_path, fsync="no").start()


async def test_a_server_that_never_answers_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says where to look. There is still only one server."""
    monkeypatch.setattr(embedded, "START_SECONDS", 1.0)
    monkeypatch.setattr(embedded, "ANSWER_SECONDS", 0.5)
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    os.kill(pid_of(tmp_path), signal.SIGSTOP)

    with pytest.raises(EmbeddedStoreError, match=r"valkey\.log"):
        await store.start()
    pids = servers(tmp_path)
    os.kill(pid_of(tmp_path), signal.SIGCONT)
    await store.stop()

    assert len(pids) == 1


@pytest.mark.parametrize("below", ["a file/store", "a file"])
async def test_a_directory_that_cannot_be_is_said_in_a_line(tmp_path: Path, below: str) -> None:
    """With the reason, and what to do: it is not an error of ours."""
    (tmp_path / "a file").touch()

    with pytest.raises(EmbeddedStoreError, match=r"cannot use .*a file.*; fix that, or set data_dir"):
        await EmbeddedStore(directory=tmp_path / below, fsync="no").start()


@pytest.mark.parametrize(
    ("set_by_user", "used"),
    [(None, "glibc.malloc.tcache_count=1000"), ("glibc.malloc.tcache_count=3", "glibc.malloc.tcache_count=3")],
    ids=["ours", "the user's"],
)
async def test_the_server_keeps_freed_memory_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_by_user: str | None, used: str
) -> None:
    if set_by_user:
        monkeypatch.setenv("GLIBC_TUNABLES", set_by_user)
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    environment = psutil.Process(pid_of(tmp_path)).environ()
    await store.stop()

    assert environment["GLIBC_TUNABLES"] == used


async def test_a_dead_server_is_started_again(tmp_path: Path) -> None:
    """Whatever files it left."""
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    first = pid_of(tmp_path)
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: first not in servers(tmp_path))

    await store.start()
    second = pid_of(tmp_path)
    await store.stop()

    assert first != second


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary directories are made."""
    directory = tmp_path / "t"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


def far_away(tmp_path: Path) -> EmbeddedStore:
    """In a directory whose path is too long for a socket."""
    return EmbeddedStore(directory=tmp_path / ("far" * 40), fsync="no")


async def test_the_socket_of_a_long_path_is_in_a_private_directory(tmp_path: Path, temporary: Path) -> None:
    """Its name cannot be guessed, and stays the same."""
    store = far_away(tmp_path)
    await store.start()
    try:
        private = store.socket.parent
        again = far_away(tmp_path)
        await again.start()
    finally:
        await store.stop()

    assert private.parent == temporary
    assert private.stat().st_mode & 0o777 == 0o700
    assert again.socket == store.socket
    assert len(list(temporary.iterdir())) == 1


async def test_a_private_directory_that_was_cleaned_up_is_made_again(tmp_path: Path, temporary: Path) -> None:
    """Temporary directories do not outlive a restart of the machine."""
    store = far_away(tmp_path)
    before = store.socket
    before.parent.rmdir()

    await store.start()
    await store.stop()

    assert store.socket == before
    assert list(temporary.iterdir()) == [before.parent]


@pytest.mark.parametrize(
    "squat",
    [
        lambda path: path.chmod(0o777),
        pytest.param(lambda path: os.chown(path, 65534, 65534), marks=ONLY_ROOT),
    ],
)
async def test_a_private_directory_that_others_write_to_is_refused(
    tmp_path: Path, temporary: Path, squat: Callable[[Path], None]
) -> None:
    """The owner of a socket there would get all data."""
    store = far_away(tmp_path)
    squat(store.socket.parent)

    with pytest.raises(EmbeddedStoreError, match="not a directory of this user alone"):
        await store.start()
    assert len(list(temporary.iterdir())) == 1


async def test_a_link_in_place_of_the_private_directory_is_refused(tmp_path: Path, temporary: Path) -> None:
    """It could lead to a directory of another user."""
    store = far_away(tmp_path)
    private = store.socket.parent
    private.rmdir()
    private.symlink_to(tmp_path)

    with pytest.raises(EmbeddedStoreError, match="not a directory of this user alone"):
        await store.start()
    assert temporary.exists()


@ONLY_ROOT
async def test_a_socket_of_another_user_is_refused(tmp_path: Path) -> None:
    """Also when it answers."""
    store = EmbeddedStore(directory=tmp_path, fsync="no")
    await store.start()
    os.chown(store.socket, 65534, 65534)

    with pytest.raises(EmbeddedStoreError, match="belongs to user 65534"):
        await store.start()

    os.chown(store.socket, os.geteuid(), os.getegid())
    await store.stop()


async def test_a_full_store_refuses_new_messages_and_keeps_the_others(tmp_path: Path) -> None:
    """It has a limit by default. No accepted message is dropped for a new one."""
    assert 64 * 1024 * 1024 <= EmbeddedStore(directory=tmp_path).max_memory < 2**44
    store = EmbeddedStore(directory=tmp_path, fsync="no", max_memory=8 * 1024 * 1024)
    await store.start()
    connections = StoreConnections.to(store.url)
    mailbox = RedisMailbox(store=connections, clock=SystemClock())
    await mailbox.prepare()
    accepted = 0
    with contextlib.suppress(StoreUnavailableError):
        for accepted in range(1000):
            await mailbox.accept(messages=[enqueued("x" * 50_000, person=Person(phone=f"1555000{accepted:04}"))])

    full, keys = await store.fullness(), await connections.commands.hlen("trunkline:{0}:tokens")
    await connections.aclose()
    await store.stop()

    assert full > 0.95
    assert 50 < accepted < 500
    assert keys == accepted
