"""An HTTP/1.1 client that costs little beside the server it shares the machine with."""

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator, Iterable, Iterator

import httptools
from attrs import define, frozen

from bench.webhooks import Webhook

ANSWER_SECONDS = 60.0
MAX_FLOOD_SECONDS = 60.0
# After a 503. All callers at once may be more than a busy machine can store in time.
FIRST_PAUSE_SECONDS = 0.25
MAX_PAUSE_SECONDS = 8.0


class RefusedError(Exception):
    """A webhook was answered with neither 200 nor 503; then there is nothing to measure."""


@frozen(kw_only=True)
class Answered:
    """A webhook that was answered 200. Both times are `time.monotonic_ns`."""

    webhook: Webhook
    due: int
    answered: int

    @property
    def milliseconds(self) -> float:
        return (self.answered - self.due) / 1e6


class Connection(asyncio.Protocol):
    """One kept-alive connection with at most one request under way. It also has the callbacks of httptools."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[int | None] | None = None

    async def post(self, webhook: Webhook) -> int | None:
        """When the 200 was complete, as `time.monotonic_ns`; None after a 503, which closes the connection."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(webhook.data)
        return await self._answer

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or RefusedError("the server closed the connection"))

    def on_message_complete(self) -> None:
        assert self._answer is not None
        if self._answer.done():  # nobody waits any more
            return
        if (status := self._parser.get_status_code()) in {200, 503}:
            self._answer.set_result(time.monotonic_ns() if status == 200 else None)
        else:
            self._answer.set_exception(RefusedError(f"a webhook was answered {status}"))


@define
class Caller:
    """Posts webhooks one after the other, until each is answered 200.

    A 503 asks for another delivery: on a busy machine the store may take too long. The wait counts like any other.
    """

    port: int
    connection: Connection

    @classmethod
    async def connect(cls, port: int) -> "Caller":
        return cls(port, await _connection(port))

    async def post(self, webhook: Webhook) -> int:
        """When the 200 was complete, as `time.monotonic_ns`."""
        pause = FIRST_PAUSE_SECONDS
        while (answered := await self.connection.post(webhook)) is None:
            self.connection.close()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, keeps no secret
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
            self.connection = await _connection(self.port)
        return answered


async def _connection(port: int) -> Connection:
    return (await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port))[1]


@contextlib.asynccontextmanager
async def connected(port: int, *, count: int) -> AsyncIterator[list[Caller]]:
    callers = [await Caller.connect(port) for _ in range(count)]
    try:
        yield callers
    finally:
        for caller in callers:
            caller.connection.close()


async def flood(port: int, webhooks: Iterable[Webhook], *, callers: int, seconds: float = math.inf) -> float:
    """Each caller posts the next webhook when the last one is answered, until none is left or the time is over.

    Returns the webhooks answered per second.
    """
    answered, left = 0, iter(webhooks)

    async def call(caller: Caller, until: float) -> None:
        nonlocal answered
        while time.monotonic() < until and (webhook := next(left, None)):
            await caller.post(webhook)
            answered += 1

    async with connected(port, count=callers) as opened:
        began = time.monotonic()
        async with asyncio.timeout(min(seconds, MAX_FLOOD_SECONDS) + ANSWER_SECONDS), asyncio.TaskGroup() as group:
            for caller in opened:
                group.create_task(call(caller, began + seconds))
        return answered / (time.monotonic() - began)


async def paced(
    port: int, webhooks: Iterator[Webhook], *, rate: float, seconds: float, callers: int = 64
) -> list[Answered]:
    """Post `rate` webhooks a second, however slow the answers are.

    The time of each counts from the moment it was due. A webhook that waits for a free connection waits for the server,
    which has not answered those before it.
    """
    loop = asyncio.get_running_loop()
    began, began_ns = loop.time(), time.monotonic_ns()
    answers: list[Answered] = []

    async def post(caller: Caller, free: asyncio.Queue[Caller], webhook: Webhook, due: int) -> None:
        answers.append(Answered(webhook=webhook, due=due, answered=await caller.post(webhook)))
        free.put_nowait(caller)

    async with connected(port, count=callers) as opened, asyncio.timeout(seconds + ANSWER_SECONDS):
        free = asyncio.Queue[Caller]()
        for caller in opened:
            free.put_nowait(caller)
        async with asyncio.TaskGroup() as group:
            for number in range(round(rate * seconds)):
                webhook = next(webhooks)
                await asyncio.sleep(began + number / rate - loop.time())
                due = began_ns + round(number / rate * 1e9)
                group.create_task(post(await free.get(), free, webhook, due))
    return answers
