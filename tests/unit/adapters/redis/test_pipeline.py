"""Pipelines over a real socket, to a server that misbehaves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import hiredis
import pytest
from attrs import define, field
from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, InvalidResponse, RedisError, ResponseError
from redis.exceptions import TimeoutError as StoreTimeoutError

from adapters.redis.address import StoreAddress
from adapters.redis.clients import connect
from adapters.redis.pipeline import Pipelines
from support.polling import eventually

TIMEOUT_SECONDS = 0.2
END = b"end the connection"
SILENCE = b""


@define
class ScriptedServer:
    """Has a script for each connection: an answer to each command. Greets every connection as a store does."""

    scripts: list[tuple[bytes, ...]]
    asked: list[list[bytes]] = field(factory=list)
    writers: list[asyncio.StreamWriter] = field(factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers = iter(self.scripts[len(self.writers)])
        self.writers.append(writer)
        commands = hiredis.Reader()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                commands.feed(data)
                while command := commands.gets():
                    if command[0] == b"CLIENT":
                        writer.write(b"+OK\r\n")
                        continue
                    self.asked.append(command)
                    answer = next(answers)
                    if answer == END:
                        writer.close()
                        return
                    writer.write(answer)
        writer.close()


@define
class Meeting:
    server: ScriptedServer
    pipelines: Pipelines


@contextlib.asynccontextmanager
async def meeting(directory: Path, *scripts: tuple[bytes, ...]) -> AsyncIterator[Meeting]:
    path = directory / "store"
    server = ScriptedServer(list(scripts))
    async with await asyncio.start_unix_server(server.serve, path):
        client = connect(StoreAddress.parse(f"unix://{path}"), TIMEOUT_SECONDS, TIMEOUT_SECONDS, 4)
        assert isinstance(client, Redis)
        met = Meeting(server, Pipelines(client))
        yield met
        await met.pipelines.aclose()


async def test_results_come_in_order_and_an_error_is_one_of_them(tmp_path: Path) -> None:
    async with meeting(tmp_path, (b":1\r\n", b"-ERR no\r\n", "$6\r\nzwölf\r\n".encode())) as met:
        first, second, third = await met.pipelines.run([("INCR", "a"), ("GET", "b"), ("GET", "c")])
    assert (first, str(second), third) == (1, "no", "zwölf")
    assert isinstance(second, ResponseError)


async def test_a_result_has_the_form_that_the_driver_gives_it(tmp_path: Path) -> None:
    async with meeting(tmp_path, (b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",)) as met:
        assert await met.pipelines.run([("HGETALL", "key")]) == [{"a": "b"}]


async def test_a_connection_is_used_again(tmp_path: Path) -> None:
    async with meeting(tmp_path, (b":1\r\n", b":2\r\n")) as met:
        assert await met.pipelines.run([("INCR", "a")]) == [1]
        assert await met.pipelines.run([("INCR", "a")]) == [2]


async def test_pipelines_at_once_have_a_connection_each(tmp_path: Path) -> None:
    async with meeting(tmp_path, (b":1\r\n",), (b":1\r\n",)) as met:
        await asyncio.gather(met.pipelines.run([("INCR", "a")]), met.pipelines.run([("INCR", "b")]))
    assert len(met.server.writers) == 2


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ((b":1\r\n", END), RedisError),
        ((b":1\r\n", SILENCE), StoreTimeoutError),
        ((b"nonsense\r\n", SILENCE), InvalidResponse),
        ((b"-LOADING the file\r\n", b":1\r\n"), BusyLoadingError),
    ],
    ids=["it ends", "silence", "nonsense", "it loads its file"],
)
async def test_after_trouble_comes_a_new_connection(
    tmp_path: Path, script: tuple[bytes, ...], error: type[Exception]
) -> None:
    """What was left on the old one must not become the result of another command."""
    async with meeting(tmp_path, script, (b":7\r\n",)) as met:
        with pytest.raises(error):
            await met.pipelines.run([("INCR", "a"), ("INCR", "a")])
        assert await met.pipelines.run([("INCR", "a")]) == [7]


@pytest.mark.parametrize(
    "script",
    [(b"-READONLY now\r\n", b":1\r\n"), (b":1\r\n", b":1\r\n:1\r\n")],
    ids=["it is a replica now", "it sends what nobody asked for"],
)
async def test_a_connection_that_cannot_be_trusted_is_not_used_again(tmp_path: Path, script: tuple[bytes, ...]) -> None:
    async with meeting(tmp_path, script, (b":7\r\n",)) as met:
        assert len(await met.pipelines.run([("INCR", "a"), ("INCR", "a")])) == 2
        assert await met.pipelines.run([("INCR", "a")]) == [7]


async def test_each_pipeline_has_its_own_time(tmp_path: Path) -> None:
    """One timer serves all pipelines of a connection."""
    async with meeting(tmp_path, (b":1\r\n", SILENCE)) as met:
        assert await met.pipelines.run([("INCR", "a")]) == [1]
        with pytest.raises(StoreTimeoutError):
            await met.pipelines.run([("INCR", "a")])


async def test_a_result_that_cannot_be_read_ends_the_connection(tmp_path: Path) -> None:
    async with meeting(tmp_path, (b":1\r\n",), (b":7\r\n",)) as met:
        with pytest.raises(TypeError):  # of the driver
            await met.pipelines.run([("HGETALL", "a")])
        assert await met.pipelines.run([("INCR", "a")]) == [7]


async def test_who_gives_up_leaves_no_result_behind(tmp_path: Path) -> None:
    async with meeting(tmp_path, (SILENCE,), (b":7\r\n",)) as met:
        waiting = asyncio.create_task(met.pipelines.run([("BLPOP", "a", 1)]))
        await eventually(lambda: met.server.asked)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        met.server.writers[0].write(b":1\r\n")
        assert await met.pipelines.run([("INCR", "a")]) == [7]


async def test_an_idle_connection_that_the_server_ends_is_not_used(tmp_path: Path) -> None:
    async with meeting(tmp_path, (b":1\r\n",), (b":7\r\n",)) as met:
        await met.pipelines.run([("INCR", "a")])
        met.server.writers[0].close()
        await met.server.writers[0].wait_closed()
        await asyncio.sleep(0)  # the event loop looks at the sockets
        assert await met.pipelines.run([("INCR", "a")]) == [7]


async def test_closing_ends_what_is_under_way(tmp_path: Path) -> None:
    async with meeting(tmp_path, (SILENCE,)) as met:
        waiting = asyncio.create_task(met.pipelines.run([("INCR", "a")]))
        await eventually(lambda: met.server.asked)
        await met.pipelines.aclose()
        with pytest.raises(RedisError):
            await waiting
