"""Connections to the store: bounded pools, explicit timeouts, no hidden retries."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from attrs import field, frozen
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from adapters.redis.errors import translated
from adapters.redis.script_runner import PipelinedScripts, RoutedScripts
from adapters.redis.scripts import Argument, Script

MAX_WAIT_SECONDS = 1.0
CLUSTER = "redis+cluster://"
# How often the driver repeats a command after it learned the new layout of a cluster: a redirection, or a failover.
CLUSTER_RETRIES = 1

type Client = Redis | RedisCluster


@frozen(kw_only=True)
class StoreConnections:
    """`commands` is for short commands, `waiting` for reads that block: these must not hold up a command.

    The driver's own retries are off. They sleep for longer than a lease, and a repeated increment counts twice.
    """

    commands: Client
    waiting: Client
    scripts: PipelinedScripts | RoutedScripts
    _background: set["asyncio.Task[None]"] = field(factory=set, init=False)

    @classmethod
    def to(cls, url: str, *, timeout_seconds: float = 2.0, max_connections: int = 64) -> "StoreConnections":
        """Connections to `url` (redis://, rediss://, unix:// or redis+cluster://). They are opened on first use.

        No command takes longer than `timeout_seconds`. A blocking read may take `MAX_WAIT_SECONDS` more.
        """
        waiting_seconds = MAX_WAIT_SECONDS + timeout_seconds
        if url.startswith(CLUSTER):
            cluster = _cluster(url, timeout_seconds, timeout_seconds, max_connections)
            waiting = _cluster(url, waiting_seconds, timeout_seconds, max_connections)
            return cls(commands=cluster, waiting=waiting, scripts=RoutedScripts(cluster))
        single = _single(url, timeout_seconds, timeout_seconds, max_connections)
        return cls(
            commands=single,
            waiting=_single(url, waiting_seconds, timeout_seconds, max_connections),
            scripts=PipelinedScripts(single),
        )

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        """Run a script. All its keys share one hash tag.

        Raises:
            LeaseLostError: the claim that the script acts for no longer holds.
            StoreUnavailableError: the store is away or refuses.
        """
        with translated():
            return await self.scripts.run(script, keys, arguments)

    async def read(self, key: str, *command: Argument) -> Any:
        """Run a command that blocks until `key` has something, for `MAX_WAIT_SECONDS` at most.

        On a cluster it goes to the node of `key`. The driver itself would ask one fixed node where each read from a
        stream belongs, also when that node is gone.

        Raises:
            StoreUnavailableError: the store is away or refuses.
        """
        with translated():
            if not isinstance(self.waiting, RedisCluster):
                return await self.waiting.execute_command(*command)  # type: ignore[no-untyped-call]
            await self.waiting.initialize()
            return await self.waiting.execute_command(*command, target_nodes=self.waiting.get_node_from_key(key))

    async def execute(self, *command: Argument) -> Any:
        """Run a command that does not block, together with the scripts of other callers.

        Raises:
            StoreUnavailableError: the store is away or refuses.
        """
        with translated():
            return await self.scripts.execute(*command)

    def in_background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something that no caller waits for. `aclose` waits for it."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def ping(self) -> None:
        """Make sure that the store answers: of a cluster, every primary.

        Raises:
            StoreUnavailableError: it does not.
        """
        with translated():
            await self.commands.ping()

    async def aclose(self) -> None:
        if self._background:
            await asyncio.wait(self._background)
        await self.commands.aclose()
        await self.waiting.aclose()


def _single(url: str, read_seconds: float, connect_seconds: float, size: int) -> Redis:
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=size,
        timeout=connect_seconds,
        socket_timeout=read_seconds,
        socket_connect_timeout=connect_seconds,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        encoding_errors="replace",  # one damaged text must not fail a whole write
        protocol=2,
    )
    return Redis.from_pool(pool)


def _cluster(url: str, read_seconds: float, connect_seconds: float, size: int) -> RedisCluster:
    return RedisCluster.from_url(
        f"redis://{url.removeprefix(CLUSTER)}",
        max_connections=size,
        socket_timeout=read_seconds,
        socket_connect_timeout=connect_seconds,
        retry=Retry(NoBackoff(), CLUSTER_RETRIES),
        decode_responses=True,
        encoding_errors="replace",  # one damaged text must not fail a whole write
        protocol=2,
    )
