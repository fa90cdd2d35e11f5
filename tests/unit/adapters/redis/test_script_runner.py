"""Which calls travel together, and when a write begins."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from attrs import define, field

from adapters.redis.pipeline import Pipelines, Receiver
from adapters.redis.script_runner import MAX_ARGUMENTS_PER_WRITE, MAX_CONCURRENT_WRITES, PipelinedScripts
from adapters.redis.scripts import Command
from support.polling import eventually


@define
class HeldPipelines:
    """Answers each command with its second word, as soon as its write is released."""

    writes: list[Sequence[Command]] = field(factory=list)
    receivers: list[Receiver] = field(factory=list)

    def start(self, commands: Sequence[Command], receive: Receiver) -> None:
        self.writes.append(commands)
        self.receivers.append(receive)

    def release(self, write: int) -> None:
        self.receivers[write]([command[1] for command in self.writes[write]])

    def sizes(self) -> list[int]:
        return [len(commands) for commands in self.writes]


def started(pipelines: HeldPipelines) -> PipelinedScripts:
    return PipelinedScripts(cast(Pipelines, pipelines))


async def get(scripts: PipelinedScripts, key: str) -> Any:
    (result,) = await scripts.run([("GET", key)])
    return result


def calls(scripts: PipelinedScripts, count: int) -> "list[asyncio.Task[Any]]":
    return [asyncio.create_task(get(scripts, str(number))) for number in range(count)]


async def test_calls_of_one_step_travel_in_one_write() -> None:
    pipelines = HeldPipelines()
    asked = calls(started(pipelines), 3)
    await eventually(lambda: pipelines.sizes() == [3])
    pipelines.release(0)
    assert await asyncio.gather(*asked) == ["0", "1", "2"]


async def test_calls_that_are_too_many_for_one_write_begin_the_next_one_at_once() -> None:
    pipelines = HeldPipelines()
    calls_of_a_write = MAX_ARGUMENTS_PER_WRITE // len(("GET", "key"))
    asked = calls(started(pipelines), calls_of_a_write + 1)
    await eventually(lambda: pipelines.sizes() == [calls_of_a_write, 1])
    for write in range(2):
        pipelines.release(write)
    await asyncio.gather(*asked)


async def test_calls_wait_for_each_other_while_all_writes_are_under_way() -> None:
    pipelines = HeldPipelines()
    scripts, asked = started(pipelines), list["asyncio.Task[Any]"]()
    for write in range(MAX_CONCURRENT_WRITES):
        asked += calls(scripts, 1)
        await eventually(lambda write=write: len(pipelines.writes) == write + 1)  # type: ignore[misc]
    asked += calls(scripts, 2)
    await asyncio.sleep(0)
    assert pipelines.sizes() == [1] * MAX_CONCURRENT_WRITES
    pipelines.release(0)
    await eventually(lambda: pipelines.sizes() == [*[1] * MAX_CONCURRENT_WRITES, 2])
    for write in range(1, MAX_CONCURRENT_WRITES + 1):
        pipelines.release(write)
    await asyncio.gather(*asked)


async def test_a_call_is_written_that_is_made_as_the_writes_before_it_end() -> None:
    pipelines = HeldPipelines()
    scripts = started(pipelines)

    async def ask_again(first: "asyncio.Task[Any]") -> Any:
        await first
        return await get(scripts, "again")

    asked = list["asyncio.Task[Any]"]()
    for write in range(MAX_CONCURRENT_WRITES):
        asked += [asyncio.create_task(ask_again(call)) for call in calls(scripts, 1)]
        await eventually(lambda write=write: len(pipelines.writes) == write + 1)  # type: ignore[misc]
    for write in range(MAX_CONCURRENT_WRITES):
        pipelines.release(write)
    await eventually(lambda: sum(pipelines.sizes()) == 2 * MAX_CONCURRENT_WRITES)
    for write in range(MAX_CONCURRENT_WRITES, len(pipelines.writes)):
        pipelines.release(write)
    assert await asyncio.gather(*asked) == ["again"] * MAX_CONCURRENT_WRITES
