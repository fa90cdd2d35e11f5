"""Writes many commands to one server at once, and reads their results.

The driver opens the connections: it knows addresses, TLS, users and sentinels. From then on they are ours. The driver's
pool, its streams and its time limit for each result cost more than the short scripts of a turn.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import hiredis
from attrs import define, field
from redis.asyncio import Redis
from redis.asyncio.connection import DefaultParser
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import InvalidResponse, ReadOnlyError
from redis.exceptions import TimeoutError as StoreTimeoutError

from adapters.redis.scripts import Argument, Command

INCOMPLETE = object()

# Gets the results of a pipeline, each a value or the error of its command. Or it gets one error: the connection was
# lost, or a time limit has passed. Then nobody knows which commands ran.
type Receiver = Callable[[list[Any] | Exception], None]


class PipelineConnection(asyncio.Protocol):
    """Carries one pipeline at a time. The event loop calls `data_received` and `connection_lost`."""

    def __init__(self, driver: Any, pipelines: "Pipelines") -> None:
        """Take over a connection that the driver has opened.

        `driver` is an `AbstractConnection` of the driver, which has no types for what is used here. `pipelines` hears
        when the connection is idle, and when it is lost or closed.
        """
        self.place: list[tuple[str, object]] = driver.repr_pieces()
        self._driver = driver
        self._transport: asyncio.Transport = driver._writer.transport  # noqa: SLF001  (there is no public way)
        self._transport.set_protocol(self)
        self._pipelines = pipelines
        self._replies = hiredis.Reader(
            protocolError=InvalidResponse,
            replyError=DefaultParser.parse_error,
            encoding=driver.encoder.encoding,
            errors=driver.encoder.encoding_errors,
            notEnoughData=INCOMPLETE,
        )
        self._seconds: float = driver.socket_timeout
        self._commands: Sequence[Command] = ()
        self._results: list[Any] = []
        self._receive: Receiver | None = None
        self._ends_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def write(self, commands: Sequence[Command], receive: Receiver) -> None:
        """Write a pipeline of at least one command. `receive` gets its results."""
        self._commands, self._results, self._receive = commands, [], receive
        loop = asyncio.get_running_loop()
        self._ends_at = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(self._ends_at, self._check_time)
        try:
            self._transport.write(b"".join(map(_packed, commands)))
        except Exception as error:  # noqa: BLE001  (whoever waits for the results gets it)
            self.close(error)

    def close(self, error: Exception | None = None) -> None:
        """Whoever waits for results gets `error`."""
        self._driver._close()  # noqa: SLF001  (the public way waits for its streams, which hear nothing any more)
        self._pipelines.forget(self)
        if self._timer:
            self._timer.cancel()
        receive, self._receive = self._receive, None
        if receive:
            receive(error or StoreConnectionError("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        self._replies.feed(data)
        try:
            while (result := self._replies.gets()) is not INCOMPLETE:
                self._results.append(result)
        except InvalidResponse as error:
            self.close(error)
            return
        if len(self._results) >= len(self._commands):
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self.close(StoreConnectionError(f"the connection was lost: {exc or 'the server closed it'}"))

    def _end(self) -> None:
        errors = [result for result in self._results if isinstance(result, Exception)]
        for error in errors:
            if isinstance(error, StoreConnectionError):  # such as: the server loads its file
                self.close(error)
                return
        try:
            results = list(map(self._usual, self._commands, self._results))
        except Exception as error:  # noqa: BLE001  (whoever waits for the results gets it)
            self.close(error)
            return
        receive, self._receive = self._receive, None
        is_replica = ReadOnlyError in map(type, errors)  # now, and the sentinels know the new primary
        if is_replica or receive is None or len(self._results) > len(results):  # nobody asked for that
            self.close()
        else:
            self._pipelines.idle.append(self)
        if receive:
            receive(results)

    def _usual(self, command: Command, result: Any) -> Any:
        """What the driver makes of a result."""
        make_usual = self._pipelines.callbacks.get(command[0])
        return make_usual(result) if make_usual and not isinstance(result, Exception) else result

    def _check_time(self) -> None:
        """Of many pipelines, one after the other: most end long before their time."""
        self._timer = None
        if not self._receive:
            return
        loop = asyncio.get_running_loop()
        if loop.time() < self._ends_at:
            self._timer = loop.call_at(self._ends_at, self._check_time)
        else:
            self.close(StoreTimeoutError(f"no answer within {self._seconds:g} s"))


@define(eq=False)
class Pipelines:
    """Runs each pipeline on a connection of its own. Opens as many as there are pipelines at once, and keeps them."""

    client: Redis
    idle: list[PipelineConnection] = field(factory=list, init=False)
    # What the driver makes of the results, by the name of the command.
    callbacks: dict[Any, Any] = field(init=False)
    _open: set[PipelineConnection] = field(factory=set, init=False)
    _starting: set["asyncio.Task[None]"] = field(factory=set, init=False)

    @callbacks.default
    def _callbacks_of_the_driver(self) -> dict[Any, Any]:
        return dict(self.client.response_callbacks)

    def start(self, commands: Sequence[Command], receive: Receiver) -> None:
        """Run at least one command. `receive` gets what the driver would return."""
        if connection := self._take_idle():
            connection.write(commands, receive)
        else:
            starting = asyncio.create_task(self._connect_and_write(commands, receive))
            self._starting.add(starting)
            starting.add_done_callback(self._starting.discard)

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        """Run at least one command, and wait for the results. Who gives up ends the connection.

        Raises:
            RedisError, OSError: the connection was lost, or a time limit has passed. Nobody knows which commands ran.
        """
        connection = self._take_idle() or await self._connect()
        results: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        connection.write(commands, partial(_settle, results))
        try:
            return await results
        except asyncio.CancelledError:
            connection.close()  # what comes next would be results of this pipeline
            raise

    async def aclose(self) -> None:
        for connection in list(self._open):
            connection.close()
        await self.client.aclose()

    def forget(self, connection: PipelineConnection) -> None:
        self._open.discard(connection)
        if connection in self.idle:
            self.idle.remove(connection)

    def _take_idle(self) -> PipelineConnection | None:
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open:
                return connection
        return None

    async def _connect_and_write(self, commands: Sequence[Command], receive: Receiver) -> None:
        try:
            connection = await self._connect()
        except Exception as error:  # noqa: BLE001  (whoever waits for the results gets it)
            receive(error)
        else:
            connection.write(commands, receive)

    async def _connect(self) -> PipelineConnection:
        driver = self.client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        await driver.connect()
        connection = PipelineConnection(driver, self)
        for other in list(self._open):
            if other.place != connection.place:  # after a failover: it leads to a server with old data
                other.close()
        self._open.add(connection)
        return connection


def _settle(future: "asyncio.Future[list[Any]]", results: list[Any] | Exception) -> None:
    if future.done():  # its caller was cancelled
        return
    if isinstance(results, Exception):
        future.set_exception(results)
    else:
        future.set_result(results)


def _packed(command: Command) -> bytes:
    try:
        packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]
    except UnicodeEncodeError:
        # One damaged text must not fail a whole write.
        return _packed(tuple(_encodable(argument) for argument in command))
    return packed


def _encodable(argument: Argument) -> Argument:
    return argument.encode(errors="replace") if isinstance(argument, str) else argument
