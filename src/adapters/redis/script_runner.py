"""Runs scripts and commands. Those of many callers travel together.

Thousands of turns share a process, and a round trip for each of their steps would spend most of its time in the driver.
So calls that are made while others are under way wait for them and then travel in one write, and the store syncs its
file once for all of them. Each call is still atomic on its own, and each caller gets its own result.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from attrs import define, field, frozen
from redis.asyncio.cluster import ClusterNode, PipelineCommand, RedisCluster
from redis.exceptions import NoScriptError

from adapters.redis.pipeline import Pipelines
from adapters.redis.replication import wait_for_replica
from adapters.redis.scripts import Argument, Command, Script, ScriptCall

MAX_CALLS_PER_WRITE = 128
MAX_CONCURRENT_WRITES = 2


@frozen(eq=False)
class _Call:
    """`command` runs `script`, where there is one.

    `lasting_key` is a key of a script whose writes must survive the loss of the server.
    """

    command: Command
    result: "asyncio.Future[Any]"
    script: Script | None = None
    lasting_key: str | None = None

    @property
    def source_command(self) -> Command:
        """For a store that does not know the script: with its source in the place of its name."""
        return ("EVAL", self.script.source, *self.command[2:]) if self.script else self.command

    def settle(self, result: object) -> None:
        if self.result.done():  # its caller was cancelled meanwhile
            return
        if isinstance(result, Exception):
            self.result.set_exception(result)
        else:
            self.result.set_result(result)


@define(eq=False)
class PipelinedScripts:
    """For one server: up to `MAX_CONCURRENT_WRITES` writes at once, each of up to `MAX_CALLS_PER_WRITE` calls.

    `replicated`: another server may take its place. Then lasting scripts wait for a replica. `measure` gets the seconds
    of each write until all its results were there.
    """

    pipelines: Pipelines
    replicated: bool = field(default=False, kw_only=True)
    measure: Callable[[float], None] | None = field(default=None, kw_only=True)
    _waiting: deque[_Call] = field(factory=deque, init=False)
    _writers: set["asyncio.Task[None] | None"] = field(factory=set, init=False)

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        return await self._run(script, keys, arguments)

    async def execute(self, *command: Argument) -> Any:
        return await self._start(command)

    async def run_together(self, calls: Sequence[ScriptCall | Command]) -> list[Any]:
        results = [self._start(call) for call in calls]
        try:
            return [await _outcome(result) for result in results]
        finally:
            for result in results:
                result.cancel()  # where the caller was cancelled, nobody waits any more

    async def aclose(self) -> None:
        await self.pipelines.aclose()

    def _start(self, call: ScriptCall | Command) -> "asyncio.Future[Any]":
        if isinstance(call, ScriptCall):
            return self._run(call.script, call.keys, call.arguments)
        return self._enqueue(_Call(command=call, result=asyncio.get_running_loop().create_future()))

    def _run(self, script: Script, keys: list[str], arguments: list[Argument]) -> "asyncio.Future[Any]":
        return self._enqueue(
            _Call(
                command=("EVALSHA", script.sha, len(keys), *keys, *arguments),
                result=asyncio.get_running_loop().create_future(),
                script=script,
                lasting_key=keys[0] if self.replicated and script.lasting else None,
            )
        )

    def _enqueue(self, call: _Call) -> "asyncio.Future[Any]":
        self._waiting.append(call)
        if len(self._waiting) == 1:  # for those that wait already, a writer begins, or all are busy
            self._begin_writing()
        return call.result

    def _begin_writing(self) -> None:
        if len(self._writers) < MAX_CONCURRENT_WRITES:
            self._writers.add(asyncio.create_task(self._write()))

    async def _write(self) -> None:
        while self._waiting:
            next_calls = [self._waiting.popleft() for _ in range(min(MAX_CALLS_PER_WRITE, len(self._waiting)))]
            if self._waiting:
                self._begin_writing()
            calls = [call for call in next_calls if not call.result.done()]  # without those that were cancelled
            if not calls:
                continue
            try:
                await self._write_together(calls)
            except Exception as error:  # noqa: BLE001  (every caller of this write gets the error)
                for call in calls:
                    call.settle(error)
        self._writers.discard(asyncio.current_task())

    async def _write_together(self, calls: list[_Call]) -> None:
        began = time.perf_counter()
        results = await self.pipelines.run([call.command for call in calls])
        if self.measure:
            self.measure(time.perf_counter() - began)
        if NoScriptError in map(type, results):
            results = await self._with_sources(calls, results)
        not_lasting = await self._not_replicated(calls) if self.replicated else None
        for call, result in zip(calls, results, strict=True):
            call.settle((call.lasting_key and not_lasting) or result)

    async def _with_sources(self, calls: list[_Call], results: list[Any]) -> list[Any]:
        """The results, after the scripts that the store does not know ran: it forgets them when it restarts."""
        unknown = [call for call, result in zip(calls, results, strict=True) if isinstance(result, NoScriptError)]
        repeated = await self.pipelines.run([call.source_command for call in unknown])
        results_by_source = dict(zip(unknown, repeated, strict=True))
        return [results_by_source.get(call, result) for call, result in zip(calls, results, strict=True)]

    async def _not_replicated(self, calls: list[_Call]) -> Exception | None:
        """Wait for a replica, if writes of these calls must last. Returns the error when none has them."""
        key = next((call.lasting_key for call in calls if call.lasting_key), None)
        if key is None:
            return None
        try:
            await wait_for_replica(self.pipelines.run, beside=key)
        except Exception as error:  # noqa: BLE001  (the callers whose writes must last get it)
            return error
        return None


@frozen
class RoutedScripts:
    """For a cluster: each call goes to the node of its keys. `measure` gets the seconds of each script."""

    client: RedisCluster
    measure: Callable[[float], None] | None = field(default=None, kw_only=True)

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        if not script.lasting:
            return await self._run(script, keys, arguments)
        await self.client.initialize()
        # Looked up before the script runs. If its keys move meanwhile, the replica of another node must not count.
        primary: Any = self.client.get_node_from_key(keys[0])
        result = await self._run(script, keys, arguments)
        await wait_for_replica(partial(_pipeline_to, primary), beside=keys[0])
        return result

    async def execute(self, *command: Argument) -> Any:
        return await self.client.execute_command(*command)

    async def run_together(self, calls: Sequence[ScriptCall | Command]) -> list[Any]:
        return await asyncio.gather(*map(self._start, calls), return_exceptions=True)

    async def aclose(self) -> None:
        await self.client.aclose()

    async def _start(self, call: ScriptCall | Command) -> Any:
        if isinstance(call, ScriptCall):
            return await self.run(call.script, call.keys, call.arguments)
        return await self.execute(*call)

    async def _run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        began = time.perf_counter()
        try:
            result = await self.client.evalsha(script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            result = await self.client.eval(script.source, len(keys), *keys, *arguments)
        if self.measure:
            self.measure(time.perf_counter() - began)
        return result


async def _pipeline_to(node: ClusterNode, commands: list[Command]) -> list[Any]:
    pipeline = [PipelineCommand(place, *command) for place, command in enumerate(commands)]
    await node.execute_pipeline(pipeline)
    return [command.result for command in pipeline]


async def _outcome(result: "asyncio.Future[Any]") -> Any:
    """The result, or the error."""
    try:
        return await result
    except Exception as error:  # noqa: BLE001  (the caller decides which errors matter)
        return error
