"""Connections to the store: bounded pools, explicit timeouts, no hidden retries."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

from attrs import field, frozen
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster

from adapters.redis.address import StoreAddress, Topology
from adapters.redis.clients import Client, connect
from adapters.redis.errors import STORE_ERRORS, result_of, translated, translation_of
from adapters.redis.pipeline import Pipelines
from adapters.redis.script_runner import PipelinedScripts, RoutedScripts
from adapters.redis.scripts import Argument, Command, Script, ScriptCall

MAX_WAIT_SECONDS = 1.0


@frozen(kw_only=True)
class StoreConnections:
    """`commands` is for short commands, `waiting` for reads that block: these must not hold up a command.

    The driver's own retries are off. They sleep for longer than a lease, and a repeated increment counts twice.
    """

    commands: Client
    waiting: Pipelines | RedisCluster
    scripts: PipelinedScripts | RoutedScripts
    # Whether keys lie on several servers. A script reaches only those of one of them.
    is_cluster: bool = field(init=False)
    _background: set["asyncio.Task[None]"] = field(factory=set, init=False)

    @classmethod
    def to(
        cls,
        url: str,
        *,
        timeout_seconds: float = 2.0,
        max_connections: int = 64,
        measure: Callable[[float], None] | None = None,
    ) -> "StoreConnections":
        """Connections to `url` (its forms: `StoreAddress.parse`). They are opened on first use.

        No command takes longer than `timeout_seconds`. A blocking read may take `MAX_WAIT_SECONDS` more. `measure` gets
        the seconds that each trip of scripts and commands took.

        Raises:
            StoreAddressError: the address cannot be used.
        """
        address = StoreAddress.parse(url)
        commands = connect(address, timeout_seconds, timeout_seconds, max_connections)
        waiting = connect(address, MAX_WAIT_SECONDS + timeout_seconds, timeout_seconds, max_connections)
        if isinstance(commands, RedisCluster):
            routed = RoutedScripts(commands, measure=measure)
            return cls(commands=commands, waiting=cast(RedisCluster, waiting), scripts=routed)
        replicated = address.topology is Topology.SENTINEL
        scripts = PipelinedScripts(Pipelines(commands), replicated=replicated, measure=measure)
        return cls(commands=commands, waiting=Pipelines(cast(Redis, waiting)), scripts=scripts)

    @is_cluster.default
    def _is_cluster(self) -> bool:
        return isinstance(self.scripts, RoutedScripts)

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        """Run a script. All its keys share one hash tag.

        Raises:
            LeaseLostError: the claim that the script acts for no longer holds.
            StoreUnavailableError: the store is away or refuses.
        """
        (answer,) = await self.scripts.run([ScriptCall(script, keys, arguments)])
        return result_of(answer)

    async def read(self, key: str, *command: Argument) -> Any:
        """Run a command that blocks until `key` has something, for `MAX_WAIT_SECONDS` at most.

        It has a connection of its own, so its callers see to it that there are not too many.

        On a cluster it goes to the node of `key`. The driver itself would ask one fixed node where each read from a
        stream belongs, also when that node is gone.

        Raises:
            StoreUnavailableError: the store is away or refuses.
        """
        waiting = self.waiting
        try:
            if isinstance(waiting, RedisCluster):
                await waiting.initialize()
                return await waiting.execute_command(*command, target_nodes=waiting.get_node_from_key(key))
            (answer,) = await waiting.run([command])
        except STORE_ERRORS as error:
            raise translation_of(error) from error
        return result_of(answer)

    async def execute(self, *command: Argument) -> Any:
        """Run a command that does not block, together with the scripts of other callers.

        Raises:
            StoreUnavailableError: the store is away or refuses.
        """
        (answer,) = await self.scripts.run([command])
        return result_of(answer)

    async def run_together(self, *calls: ScriptCall | Command) -> list[Any]:
        """Run scripts and commands in one trip to the store; on a cluster, at the same time.

        Returns for each its result, or the error that `result_of` raises: one may fail where another succeeds.
        """
        return await self.scripts.run(calls) if calls else []

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
        await self.scripts.aclose()  # with `commands`, which it uses
        await self.waiting.aclose()
