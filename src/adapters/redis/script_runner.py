"""Runs scripts, those of many callers together.

Thousands of turns share a process, and a round trip for each of their steps would spend most of its time in the
driver. So steps that are asked for while others are on their way wait for them and then travel in one write; the
store syncs its file once for all of them. Each is still atomic on its own, and each caller gets its own outcome.
"""

import asyncio
from collections import deque
from typing import Any

from attrs import define, field, frozen
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import NoScriptError

from adapters.redis.replication import wait_for_replica
from adapters.redis.scripts import Argument, Script

TOGETHER = 128
WRITES_AT_ONCE = 2


@frozen(eq=False)
class _Call:
    script: Script
    keys: list[str]
    arguments: list[Argument]
    outcome: "asyncio.Future[Any]"

    def by_name(self) -> tuple[Any, ...]:
        return "EVALSHA", self.script.sha, len(self.keys), *self.keys, *self.arguments

    def by_source(self) -> tuple[Any, ...]:
        return "EVAL", self.script.source, len(self.keys), *self.keys, *self.arguments

    def settle(self, outcome: object) -> None:
        if self.outcome.done():  # its caller was cancelled meanwhile
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


@define(eq=False)
class PipelinedScripts:
    """On one server: at most `WRITES_AT_ONCE` writes on their way, each of up to `TOGETHER` scripts."""

    client: Redis
    _waiting: deque[_Call] = field(factory=deque, init=False)
    _writers: set["asyncio.Task[None]"] = field(factory=set, init=False)

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        outcome = asyncio.get_running_loop().create_future()
        self._waiting.append(_Call(script, keys, arguments, outcome))
        if len(self._writers) < WRITES_AT_ONCE:
            writer = asyncio.create_task(self._write())
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return await outcome

    async def _write(self) -> None:
        while self._waiting:
            next_calls = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            # Whose caller has given up meanwhile is not asked for any more.
            calls = [call for call in next_calls if not call.outcome.done()]
            if not calls:
                continue
            try:
                await self._together(calls)
            except Exception as error:  # noqa: BLE001  (every caller of this write is told, in its own place)
                for call in calls:
                    call.settle(error)

    async def _together(self, calls: list[_Call]) -> None:
        outcomes = await self._execute([call.by_name() for call in calls])
        # The store forgets its scripts when it restarts.
        unknown = [call for call, outcome in zip(calls, outcomes, strict=True) if isinstance(outcome, NoScriptError)]
        sent = await self._execute([call.by_source() for call in unknown]) if unknown else []
        again = dict(zip(unknown, sent, strict=True))
        for call, outcome in zip(calls, outcomes, strict=True):
            call.settle(again.get(call, outcome))

    async def _execute(self, commands: list[tuple[Any, ...]]) -> list[Any]:
        async with self.client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            return await pipeline.execute(raise_on_error=False)


@frozen
class RoutedScripts:
    """On a cluster: each script goes to the node of its keys."""

    client: RedisCluster

    async def run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        if not script.lasting:
            return await self._run(script, keys, arguments)
        await self.client.initialize()
        # Looked up before: where the keys have moved meanwhile, nothing of this may count as copied.
        primary: Any = self.client.get_node_from_key(keys[0])
        outcome = await self._run(script, keys, arguments)
        await wait_for_replica(primary, beside=keys[0])
        return outcome

    async def _run(self, script: Script, keys: list[str], arguments: list[Argument]) -> Any:
        try:
            return await self.client.evalsha(script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return await self.client.eval(script.source, len(keys), *keys, *arguments)
