"""An HTTP/1.1 client that costs little beside the server it shares the machine with."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator

import httptools
from attrs import frozen

from bench.webhooks import Webhook

ANSWER_SECONDS = 30.0


class RefusedError(Exception):
    """A webhook was answered with neither 200 nor 503; then there is nothing to measure."""


@frozen(kw_only=True)
class Answered:
    """One webhook that got its 200; both moments as `time.monotonic_ns`."""

    webhook: Webhook
    due: int
    answered: int

    @property
    def milliseconds(self) -> float:
        return (self.answered - self.due) / 1e6


class Connection(asyncio.Protocol):
    """One kept-alive connection with at most one request under way; also httptools' callbacks."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[int] | None = None

    async def post(self, webhook: Webhook) -> int:
        """Post until the answer is 200, and return when that was complete, as `time.monotonic_ns`.

        503 asks for another delivery: on a busy machine the store may take too long. The wait counts like any other.

        Raises:
            RefusedError: another answer, or the end of the connection.
        """
        while True:
            self._answer = asyncio.get_running_loop().create_future()
            self._transport.write(webhook.data)
            if await self._answer == 200:
                return time.monotonic_ns()

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
            self._answer.set_result(status)
        else:
            self._answer.set_exception(RefusedError(f"a webhook was answered {status}"))


@contextlib.asynccontextmanager
async def connections(port: int, *, count: int) -> AsyncIterator[list[Connection]]:
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


async def flood(port: int, webhooks: Iterator[Webhook], *, callers: int, seconds: float) -> float:
    """Webhooks answered per second when each caller posts the next one as soon as the last one is answered."""
    answered = 0

    async def call(connection: Connection, until: float) -> None:
        nonlocal answered
        while time.monotonic() < until:
            await connection.post(next(webhooks))
            answered += 1

    async with connections(port, count=callers) as opened:
        began = time.monotonic()
        async with asyncio.timeout(seconds + ANSWER_SECONDS), asyncio.TaskGroup() as group:
            for connection in opened:
                group.create_task(call(connection, began + seconds))
        return answered / (time.monotonic() - began)


async def paced(
    port: int, webhooks: Iterator[Webhook], *, rate: float, seconds: float, callers: int = 64
) -> list[Answered]:
    """Post `rate` webhooks a second, come what may.

    Each one's time counts from the moment it was due: one that had to wait for its turn, because the server held up
    those before it, waited for the server.
    """
    loop = asyncio.get_running_loop()
    began, began_ns = loop.time(), time.monotonic_ns()
    answers: list[Answered] = []

    async def post(connection: Connection, free: asyncio.Queue[Connection], webhook: Webhook, due: int) -> None:
        answers.append(Answered(webhook=webhook, due=due, answered=await connection.post(webhook)))
        free.put_nowait(connection)

    async with connections(port, count=callers) as opened, asyncio.timeout(seconds + ANSWER_SECONDS):
        free = asyncio.Queue[Connection]()
        for connection in opened:
            free.put_nowait(connection)
        async with asyncio.TaskGroup() as group:
            for number in range(round(rate * seconds)):
                webhook = next(webhooks)
                await asyncio.sleep(began + number / rate - loop.time())
                due = began_ns + round(number / rate * 1e9)
                group.create_task(post(await free.get(), free, webhook, due))
    return answers
