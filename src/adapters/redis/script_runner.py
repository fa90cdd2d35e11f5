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
from adapters.redis.scripts import Command, ScriptCall

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
    _under_way: int = field(default=0, init=False)
    _finishing: set["asyncio.Task[None]"] = field(factory=set, init=False)

    def run(self, calls: Sequence[ScriptCall | Command]) -> "asyncio.Future[list[Any]]":
        """A value or an error for each call."""
        loop = asyncio.get_running_loop()
        request = _Request(calls, loop.create_future())
        self._waiting.append(request)
        if len(self._waiting) == 1:  # else those that wait already are written soon, or when another write ends
            loop.call_soon(self._write)
        return request.results

    async def aclose(self) -> None:
        await self.pipelines.aclose()

    def _write(self) -> None:
        while self._waiting and self._under_way < MAX_CONCURRENT_WRITES:
            requests, commands = self._take_waiting()
            if commands:
                self._under_way += 1
                self.pipelines.start(commands, partial(self._receive, requests, time.perf_counter()))

    def _take_waiting(self) -> tuple[list[_Request], list[Command]]:
        """The requests of one write, without those that were cancelled, and their commands."""
        requests, commands, arguments = list[_Request](), list[Command](), 0
        while self._waiting and arguments < MAX_ARGUMENTS_PER_WRITE:
            request = self._waiting.popleft()
            if not request.results.done():
                requests.append(request)
                for call in request.calls:
                    command = _command(call)
                    commands.append(command)
                    arguments += len(command)
        return requests, commands

    def _receive(self, requests: list[_Request], began: float, results: list[Any] | Exception) -> None:
        if isinstance(results, Exception):
            self._settle(requests, [results] * sum(len(request.calls) for request in requests))
            return
        if self.measure:
            self.measure(time.perf_counter() - began)
        if self.replicated or NoScriptError in map(type, results):
            finishing = asyncio.create_task(self._finish(requests, results))
            self._finishing.add(finishing)
            finishing.add_done_callback(self._finishing.discard)
        else:
            self._settle(requests, results)

    def _settle(self, requests: list[_Request], results: list[Any]) -> None:
        rest = iter(results)
        for request in requests:
            request.settle(list(islice(rest, len(request.calls))))
        self._under_way -= 1
        self._write()

    async def _finish(self, requests: list[_Request], results: list[Any]) -> None:
        """Run what the store did not know, and wait for a replica."""
        calls = [call for request in requests for call in request.calls]
        try:
            await self._run_sources(calls, results)
            if self.replicated:
                await self._replicate(calls, results)
        except Exception as error:  # noqa: BLE001  (every caller of this write gets the error)
            results = [error] * len(calls)
        self._settle(requests, results)

    async def _run_sources(self, calls: Sequence[ScriptCall | Command], results: list[Any]) -> None:
        """Run the scripts that the store does not know, and replace their results. It forgets them when it restarts."""
        unknown = [place for place, result in enumerate(results) if isinstance(result, NoScriptError)]
        if not unknown:
            return
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

    async def run(self, calls: Sequence[ScriptCall | Command]) -> list[Any]:
        """A value or an error for each call. They are made at the same time."""
        return await asyncio.gather(*map(self._run, calls), return_exceptions=True)

    async def aclose(self) -> None:
        await self.client.aclose()

    async def _run(self, call: ScriptCall | Command) -> Any:
        if not isinstance(call, ScriptCall):
            return await self.client.execute_command(*call)
        if not call.script.lasting:
            return await self._run_script(call)
        await self.client.initialize()
        # Looked up before the script runs. If its keys move meanwhile, the replica of another node must not count.
        primary: Any = self.client.get_node_from_key(call.keys[0])
        result = await self._run_script(call)
        await wait_for_replica(partial(_pipeline_to, primary), beside=call.keys[0])
        return result

    async def _run_script(self, call: ScriptCall) -> Any:
        began = time.perf_counter()
        try:
            result = await self.client.execute_command(*_command(call))
        except NoScriptError:
            result = await self.client.execute_command(*_command(call, by_source=True))
        if self.measure:
            self.measure(time.perf_counter() - began)
        return result


async def _pipeline_to(node: ClusterNode, commands: list[Command]) -> list[Any]:
    pipeline = [PipelineCommand(place, *command) for place, command in enumerate(commands)]
    await node.execute_pipeline(pipeline)
    return [command.result for command in pipeline]


def _command(call: ScriptCall | Command, *, by_source: bool = False) -> Command:
    """Scripts run by their digest, or `by_source` where the store does not know them."""
    if not isinstance(call, ScriptCall):
        return call
    script = ("EVAL", call.script.source) if by_source else ("EVALSHA", call.script.sha)
    return (*script, len(call.keys), *call.keys, *call.arguments)
