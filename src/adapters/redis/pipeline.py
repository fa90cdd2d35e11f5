"""Writes many commands to one server at once, and reads their results.

The driver opens the connections: it knows addresses, TLS, users and sentinels. From then on they are ours. The driver's
pool, its streams and its time limit for each result cost more than the short scripts of a turn.
"""

import asyncio
from collections.abc import Callable, Sequence
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


class PipelineConnection(asyncio.Protocol):
    """Carries one pipeline at a time. The event loop calls `data_received` and `connection_lost`."""

    def __init__(self, driver: Any, *, forget: Callable[["PipelineConnection"], None]) -> None:
        """Take over a connection that the driver has opened. `forget` is called when it is lost or closed.

        `driver` is an `AbstractConnection` of the driver, which has no types for what is used here.
        """
        self.place: list[tuple[str, object]] = driver.repr_pieces()
        self._driver = driver
        self._transport: asyncio.Transport = driver._writer.transport  # noqa: SLF001  (there is no public way)
        self._transport.set_protocol(self)
        self._forget = forget
        self._replies = hiredis.Reader(
            protocolError=InvalidResponse,
            replyError=DefaultParser.parse_error,
            encoding=driver.encoder.encoding,
            errors=driver.encoder.encoding_errors,
            notEnoughData=INCOMPLETE,
        )
        self._seconds: float = driver.socket_timeout
        self._results: list[Any] = []
        self._count = 0
        self._done: asyncio.Future[None] | None = None

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    async def run(self, packed: bytes, count: int) -> list[Any]:
        """Write `count` commands, and wait for as many results: values, or errors of single commands.

        Raises:
            RedisError: the connection was lost, or a time limit has passed. It is closed then.
        """
        loop = asyncio.get_running_loop()
        self._results, self._count, self._done = [], count, loop.create_future()
        limit = loop.call_later(self._seconds, self._time_out)
        try:
            self._transport.write(packed)
            await self._done
        except BaseException:
            self._done.cancel()
            self.close()  # what comes next would be results of this pipeline
            raise
        finally:
            limit.cancel()
        if ReadOnlyError in map(type, self._results):
            self.close()  # the server is a replica now, and the sentinels know the new primary
        return self._results

    def close(self) -> None:
        self._driver._close()  # noqa: SLF001  (the public way waits for its streams, which hear nothing any more)
        self._forget(self)
        self._fail(StoreConnectionError("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        self._replies.feed(data)
        try:
            while (result := self._replies.gets()) is not INCOMPLETE:
                self._receive(result)
        except (StoreConnectionError, InvalidResponse) as error:
            self._fail(error)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(StoreConnectionError(f"the connection was lost: {exc or 'the server closed it'}"))
        self.close()

    def _receive(self, result: object) -> None:
        if isinstance(result, StoreConnectionError):  # such as: the server loads its file
            raise result
        if self._done is None or self._done.done():
            raise InvalidResponse("the server sent what nobody asked for")
        self._results.append(result)
        if len(self._results) == self._count:
            self._done.set_result(None)

    def _time_out(self) -> None:
        self._fail(StoreTimeoutError(f"no answer within {self._seconds:g} s"))

    def _fail(self, error: Exception) -> None:
        if self._done and not self._done.done():
            self._done.set_exception(error)


@define(eq=False)
class Pipelines:
    """Runs each pipeline on a connection of its own. Opens as many as there are pipelines at once, and keeps them."""

    client: Redis
    # What the driver makes of the results, by the name of the command.
    _callbacks: dict[Any, Any] = field(init=False)
    _open: set[PipelineConnection] = field(factory=set, init=False)
    _idle: list[PipelineConnection] = field(factory=list, init=False)

    @_callbacks.default
    def _callbacks_of_the_driver(self) -> dict[Any, Any]:
        return dict(self.client.response_callbacks)

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        """Returns for each command what the driver would return, or the error of the server.

        Raises:
            RedisError, OSError: the connection was lost, or a time limit has passed. Nobody knows which commands ran.
        """
        connection = self._take_idle() or await self._connect()
        results = await connection.run(b"".join(map(_packed, commands)), len(commands))
        if connection.is_open:
            self._idle.append(connection)
        for place, command in enumerate(commands):
            callback = self._callbacks.get(command[0])
            if callback and not isinstance(results[place], Exception):
                results[place] = callback(results[place])
        return results

    async def aclose(self) -> None:
        for connection in list(self._open):
            connection.close()
        await self.client.aclose()

    def _take_idle(self) -> PipelineConnection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        return None

    async def _connect(self) -> PipelineConnection:
        driver = self.client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        await driver.connect()
        connection = PipelineConnection(driver, forget=self._forget)
        for other in list(self._open):
            if other.place != connection.place:  # after a failover: it leads to a server with old data
                other.close()
        self._open.add(connection)
        return connection

    def _forget(self, connection: PipelineConnection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)


def _packed(command: Command) -> bytes:
    try:
        packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]
    except UnicodeEncodeError:
        # One damaged text must not fail a whole write.
        return _packed(tuple(_encodable(argument) for argument in command))
    return packed


def _encodable(argument: Argument) -> Argument:
    return argument.encode(errors="replace") if isinstance(argument, str) else argument
