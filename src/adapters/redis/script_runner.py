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
from itertools import islice
from typing import Any

from attrs import define, field, frozen
from redis.asyncio.cluster import ClusterNode, PipelineCommand, RedisCluster
from redis.exceptions import NoScriptError

from adapters.redis.pipeline import Pipelines
from adapters.redis.replication import wait_for_replica
from adapters.redis.scripts import Argument, Command, Script, ScriptCall

# As many as about 125 steps of a turn have, or 10 webhooks of ten messages. The store runs all calls of a write before
# it answers the first one. Meanwhile the next write can be prepared, so a write must not hold everything that waits.
MAX_ARGUMENTS_PER_WRITE = 2_500
MAX_CONCURRENT_WRITES = 2


@define(eq=False)
class _Request:
    """Calls of one caller, who gets a value or an error for each of them."""

    calls: Sequence[ScriptCall | Command]
    results: "asyncio.Future[list[Any]]"

    def settle(self, results: list[Any]) -> None:
        if not self.results.done():  # else its caller was cancelled meanwhile
            self.results.set_result(results)


@define(eq=False)
class PipelinedScripts:
    """For one server: up to `MAX_CONCURRENT_WRITES` writes at once. One of `MAX_ARGUMENTS_PER_WRITE` is full.

    `replicated`: another server may take its place. Then lasting scripts wait for a replica. `measure` gets the seconds
    of each write until all its results were there.
    """

    pipelines: Pipelines
    replicated: bool = field(default=False, kw_only=True)
    measure: Callable[[float], None] | None = field(default=None, kw_only=True)
    _waiting: deque[_Request] = field(factory=deque, init=False)
    _writers: set["asyncio.Task[None] | None"] = field(factory=set, init=False)

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        return _single(await self._request(ScriptCall(script, keys, arguments)))

    async def execute(self, *command: Argument) -> Any:
        return _single(await self._request(command))

    async def run_together(self, calls: Sequence[ScriptCall | Command]) -> list[Any]:
        return await self._request(*calls) if calls else []

    async def aclose(self) -> None:
        await self.pipelines.aclose()

    def _request(self, *calls: ScriptCall | Command) -> "asyncio.Future[list[Any]]":
        request = _Request(calls, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if len(self._waiting) == 1:  # for those that wait already, a writer begins, or all are busy
            self._begin_writing()
        return request.results

    def _begin_writing(self) -> None:
        if len(self._writers) < MAX_CONCURRENT_WRITES:
            self._writers.add(asyncio.create_task(self._write()))

    async def _write(self) -> None:
        while requests := self._next_requests():
            if self._waiting:
                self._begin_writing()
            try:
                results = iter(await self._run([call for request in requests for call in request.calls]))
                for request in requests:
                    request.settle(list(islice(results, len(request.calls))))
            except Exception as error:  # noqa: BLE001  (every caller of this write gets the error)
                for request in requests:
                    request.settle([error] * len(request.calls))
        self._writers.discard(asyncio.current_task())

    def _next_requests(self) -> list[_Request]:
        """The requests of one write, without those that were cancelled."""
        requests, arguments = list[_Request](), 0
        while self._waiting and arguments < MAX_ARGUMENTS_PER_WRITE:
            request = self._waiting.popleft()
            if not request.results.done():
                requests.append(request)
                arguments += sum(map(_arguments_of, request.calls))
        return requests

    async def _run(self, calls: Sequence[ScriptCall | Command]) -> list[Any]:
        began = time.perf_counter()
        results = await self.pipelines.run(list(map(_command, calls)))
        if self.measure:
            self.measure(time.perf_counter() - began)
        if NoScriptError in map(type, results):
            await self._run_sources(calls, results)
        if self.replicated:
            await self._replicate(calls, results)
        return results

    async def _run_sources(self, calls: Sequence[ScriptCall | Command], results: list[Any]) -> None:
        """Run the scripts that the store does not know, and replace their results. It forgets them when it restarts."""
        unknown = [place for place, result in enumerate(results) if isinstance(result, NoScriptError)]
        repeated = await self.pipelines.run([_command(calls[place], by_source=True) for place in unknown])
        for place, result in zip(unknown, repeated, strict=True):
            results[place] = result

    async def _replicate(self, calls: Sequence[ScriptCall | Command], results: list[Any]) -> None:
        """Wait for a replica, where writes must last. When none has them, their results become the error."""
        keys = {
            place: call.keys[0]
            for place, call in enumerate(calls)
            if isinstance(call, ScriptCall) and call.script.lasting
        }
        if not keys:
            return
        try:
            await wait_for_replica(self.pipelines.run, beside=next(iter(keys.values())))
        except Exception as error:  # noqa: BLE001  (the callers whose writes must last get it)
            for place in keys:
                results[place] = error


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


def _arguments_of(call: ScriptCall | Command) -> int:
    """How many it has, keys included."""
    return len(call.keys) + len(call.arguments) if isinstance(call, ScriptCall) else len(call)


def _command(call: ScriptCall | Command, *, by_source: bool = False) -> Command:
    """Scripts run by their digest, or `by_source` where the store does not know them."""
    if not isinstance(call, ScriptCall):
        return call
    script = ("EVAL", call.script.source) if by_source else ("EVALSHA", call.script.sha)
    return (*script, len(call.keys), *call.keys, *call.arguments)


def _single(results: list[Any]) -> Any:
    (result,) = results
    if isinstance(result, Exception):
        raise result
    return result
