"""Run actors step by step in a given order: every call of a port is one step.

Actors are ordinary code over ports. A `Stepped` port waits before each call until it is the turn of its actor. So a run
is repeatable on any machine, and an actor that gets no turn for a while is a frozen process.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from attrs import define, field, frozen

from support.port_proxy import Call, PortProxy

type Schedule = tuple[int, ...]
type Actor = Callable[["Stepper"], Awaitable[None]]

STEP_SECONDS = 10.0


@define
class Stepper:
    """Lets one actor go on by one step at a time. `steps` are the names of the calls it made."""

    steps: list[str] = field(factory=list)
    _go: asyncio.Event = field(factory=asyncio.Event)
    _waits: asyncio.Event = field(factory=asyncio.Event)

    async def wait(self, step: str) -> None:
        self._waits.set()
        await self._go.wait()
        self._go.clear()
        self.steps.append(step)

    async def advance(self, task: "asyncio.Task[None]") -> None:
        """Let the actor make one step. Returns when the actor waits again, or has ended."""
        self._waits.clear()
        self._go.set()
        await self.settle(task)

    async def settle(self, task: "asyncio.Task[None]") -> None:
        """Wait until the actor waits for its next step, or has ended."""
        waits = asyncio.create_task(self._waits.wait())
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await asyncio.wait({task, waits}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waits.cancel()


@frozen
class Stepped(PortProxy):
    """A port whose coroutines first wait for the turn of their actor."""

    port: Any
    stepper: Stepper

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        await self.stepper.wait(name)
        return await call(**arguments)


async def run_schedule(actors: Sequence[Actor], schedule: Schedule) -> list[list[str]]:
    """Run the actors in the order of the schedule, and then each to its end. Returns the steps of each.

    An error of an actor is raised at the end of the run.
    """
    steppers = [Stepper() for _ in actors]
    tasks = [asyncio.ensure_future(actor(stepper)) for actor, stepper in zip(actors, steppers, strict=True)]
    for stepper, task in zip(steppers, tasks, strict=True):
        await stepper.settle(task)
    for number in itertools.chain(schedule, _rest(tasks)):
        if not tasks[number].done():
            await steppers[number].advance(tasks[number])
    for task in tasks:
        task.result()
    return [stepper.steps for stepper in steppers]


def _rest(tasks: Sequence["asyncio.Task[None]"]) -> Iterator[int]:
    for number, task in enumerate(tasks):
        while not task.done():
            yield number


def schedules(lengths: Sequence[int], *, at_most: int, seed: int) -> list[Schedule]:
    """Every order of so many steps of each actor, or a repeatable sample of `at_most` orders."""
    moves = [number for number, length in enumerate(lengths) for _ in range(length)]
    if _count(lengths) <= at_most:
        return list(_merge(lengths))
    generator = random.Random(seed)  # noqa: S311  (repeatable on purpose)
    return [tuple(generator.sample(moves, len(moves))) for _ in range(at_most)]


def _merge(lengths: Sequence[int]) -> Iterator[Schedule]:
    if not any(lengths):
        yield ()
    for number, length in enumerate(lengths):
        if length:
            rest = [*lengths[:number], length - 1, *lengths[number + 1 :]]
            yield from ((number, *tail) for tail in _merge(rest))


def _count(lengths: Sequence[int]) -> int:
    total, count = 0, 1
    for length in lengths:
        for step in range(1, length + 1):
            total += 1
            count = count * total // step
    return count
