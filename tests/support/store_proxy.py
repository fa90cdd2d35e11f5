"""A store that a test can break: a proxy in front of its server, which spoils connections."""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path

from attrs import define, field
from redis.asyncio import Redis

from support.loopback import reset
from support.store_server import StoreServer


class Trouble(StrEnum):
    """What the proxy does to a connection. RESET: cut as soon as it is made. STALL: taken, and never answered.

    CUT: the next answer breaks off in its middle, each time. ERROR: `error` is the answer to everything.
    """

    NONE = "none"
    RESET = "reset"
    STALL = "stall"
    CUT = "cut"
    ERROR = "error"


@define
class StoreProxy:
    """Listens on a port of this machine and passes on to `server`; counts what it hears.

    `commands` holds when each came (monotonic) and its name, or the digest of its script.
    """

    server: StoreServer
    port: int = 0
    trouble: Trouble = Trouble.NONE
    error: bytes = b""
    delay_seconds: float = 0
    crowd: Redis | None = None
    connections: list[float] = field(factory=list)
    commands: list[tuple[float, str]] = field(factory=list)
    _listener: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(factory=set)
    _serving: set[asyncio.Task[None]] = field(factory=set)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """As when no process listens: connections are refused, and those there were are cut."""
        self._listener.close()
        self.cut()
        await self._listener.wait_closed()

    def cut(self) -> None:
        """Reset every connection there is."""
        for writer in tuple(self._open):
            reset(writer)

    async def close(self) -> None:
        await self.refuse()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def break_connections(self, trouble: Trouble, *, error: bytes = b"") -> None:
        """From now on, on every connection."""
        self.trouble, self.error = trouble, error
        if trouble is Trouble.RESET:
            self.cut()

    def commands_since(self, since: float) -> Counter[str]:
        """The commands since then (monotonic), by name."""
        return Counter(name for at, name in self.commands if at >= since)

    def attempts(self, since: float) -> int:
        """The connections made since then."""
        return sum(at >= since for at in self.connections)

    def contacts(self, since: float) -> int:
        return self.attempts(since) + self.commands_since(since).total()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(time.monotonic())
        self._serving.add(task := asyncio.current_task())
        self._open.add(writer)
        try:
            if self.trouble is Trouble.RESET:
                return
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, RuntimeError):
                await self._pass_on(reader, writer)
        finally:
            self._open.discard(writer)
            self._serving.discard(task)
            reset(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        store_reader, store_writer = await asyncio.open_unix_connection(str(self.server.socket))
        try:
            async with asyncio.TaskGroup() as group:
                ways = [
                    group.create_task(self._commands(reader, writer, store_writer)),
                    group.create_task(self._answers(store_reader, writer)),
                ]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            store_writer.close()

    async def _commands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, store: asyncio.StreamWriter
    ) -> None:
        while command := await _read_command(reader):
            raw, name = command
            self.commands.append((time.monotonic(), name))
            match self.trouble:
                case Trouble.STALL:
                    continue
                case Trouble.ERROR:
                    writer.write(b"-" + self.error + b"\r\n")
                    await writer.drain()
                case _:
                    await asyncio.sleep(self.delay_seconds)
                    store.write(raw)
                    await store.drain()

    async def _answers(self, store: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await store.read(65536):
            if self.trouble is Trouble.STALL:
                continue
            if self.trouble is Trouble.CUT:
                writer.write(chunk[: len(chunk) // 2])
                await writer.drain()
                return
            writer.write(chunk)
            await writer.drain()


async def _read_command(reader: asyncio.StreamReader) -> tuple[bytes, str] | None:
    """One command as the client wrote it, an array of bulk strings, and its name; of a script, its digest."""
    raw = await reader.readline()
    if not raw:
        return None
    words = list[bytes]()
    for _ in range(int(raw[1:])):
        size = await reader.readline()
        text = await reader.readexactly(int(size[1:]) + 2)
        raw += size + text
        words.append(text[:-2])
    return raw, words[1 if words[0] == b"EVALSHA" else 0].decode()


@contextlib.asynccontextmanager
async def breakable_store(directory: Path) -> AsyncIterator[StoreProxy]:
    """A store of the test's own behind a proxy, both working at first."""
    directory.mkdir(parents=True, exist_ok=True)
    server = StoreServer(directory)
    await server.start()
    proxy = StoreProxy(server)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.close()
        await server.end(signal.SIGKILL)
