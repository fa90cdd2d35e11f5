"""A real store for tests: the embedded Valkey always, and a Redis server wherever one can be had."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from adapters.redis.connection import StoreConnections
from adapters.redis.embedded import EmbeddedStore

DOCKER_SOCKET = Path("/var/run/docker.sock")


@contextlib.asynccontextmanager
async def embedded_store(directory: Path) -> AsyncIterator[str]:
    """The store of `trunkline dev`. Without fsync, because the disk is not what a test is about."""
    store = EmbeddedStore(directory=directory, fsync="no")
    await store.start()
    try:
        yield store.url
    finally:
        await store.stop()


async def blocked_clients(store: StoreConnections) -> int:
    """How many clients of the server wait in a read that blocks."""
    return int((await store.commands.info("clients"))["blocked_clients"])


@contextlib.contextmanager
def redis_server(directory: Path) -> Iterator[str | None]:
    """A Redis: the one the environment names, one in Docker, or a local redis-server; None where there is none."""
    if url := os.environ.get("TRUNKLINE_TEST_REDIS"):
        yield url
    elif _docker_answers():
        with _redis_in_docker() as url:
            yield url
    elif binary := shutil.which("redis-server"):
        with _local_redis(binary, directory) as url:
            yield url
    else:
        yield None


@contextlib.contextmanager
def _redis_in_docker() -> Iterator[str]:
    from testcontainers.community.redis import RedisContainer  # noqa: PLC0415  (asks for Docker when imported)

    with RedisContainer("redis:7-alpine") as container:
        yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}"


@contextlib.contextmanager
def _local_redis(binary: str, directory: Path) -> Iterator[str]:
    path = directory / "redis.sock"
    arguments = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(directory)]
    with subprocess.Popen([binary, *arguments], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(path)
            yield f"unix://{path}"
        finally:
            process.terminate()


def _wait_for(path: Path, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    with Redis(unix_socket_path=str(path)) as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(RedisError):
                client.ping()
                return
            time.sleep(0.01)
    raise AssertionError(f"no answer at {path} after {seconds} s")


def _docker_answers() -> bool:
    """Ask the daemon's socket first: the client library leaks one when it gets no answer."""
    if not DOCKER_SOCKET.exists():
        return False
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        return client.connect_ex(str(DOCKER_SOCKET)) == 0
