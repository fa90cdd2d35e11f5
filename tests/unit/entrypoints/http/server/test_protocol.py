"""The memory of one connection is bounded, whatever a client sends; an answer is written at once."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import uvicorn
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from entrypoints.http.server.byte_limit import ByteLimit
from entrypoints.http.server.connection_limits import ConnectionLimits
from entrypoints.http.server.protocol import (
    BODY,
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    MAX_PIPELINED,
    BoundedHeadProtocol,
)

PIECES = [
    b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n" * 5,
    b"POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /b HTTP/1.1\r\nContent-Length: 100000\r\n\r\n",
    b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"GET /livez HTTP/1.1\r\n",
    b"a:b\r\n" * 40,
    b"X-Long: " + b"x" * 20_000,
    b"y" * 30_000,
    b"\r\n",
    b"\r\n\r\n",
]


@define(eq=False)
class UnreadTransport(asyncio.Transport):
    """Accepts everything, but its client never reads."""

    closing: bool = False
    written: list[bytes] = field(factory=list)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return self.closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def write_eof(self) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


async def says_hello(scope: Any, receive: Any, send: Any) -> None:
    assert BODY in scope
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")], BODY: b"hello"})


def protocol_of(app: Any, loop: asyncio.AbstractEventLoop, limits: ConnectionLimits) -> BoundedHeadProtocol:
    config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off")
    return BoundedHeadProtocol(config, ServerState(), {}, loop, limits=limits)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@settings(max_examples=300)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=50), max_size=60))
def test_a_connection_holds_little_memory(loop: asyncio.AbstractEventLoop, pieces: Sequence[bytes]) -> None:
    """A few requests and the bytes of one head at most, or it is closed. Afterwards it holds nothing."""
    limits = ConnectionLimits(connections=10, heads=ByteLimit(10 * MAX_HEAD_BYTES))
    protocol = protocol_of(never_answers, loop, limits)

    async def receive() -> None:
        transport = UnreadTransport()
        protocol.connection_made(transport)
        for piece in pieces:
            if transport.is_closing():
                break
            protocol.data_received(piece)
            heads = [cycle.scope["headers"] for cycle, _ in protocol.pipeline]
            size = sum(len(name) + len(value) for head in heads for name, value in head)
            assert len(heads) <= MAX_PIPELINED
            assert all(len(head) <= MAX_HEADERS for head in heads)
            assert transport.is_closing() or size <= limits.heads.held <= MAX_HEAD_BYTES
        protocol.connection_lost(None)
        for task in list(protocol.tasks):
            task.cancel()
        await asyncio.gather(*protocol.tasks, return_exceptions=True)

    loop.run_until_complete(receive())

    assert limits.heads.held == 0
    assert protocol.connections == set()


@define(eq=False)
class Greeted:
    """A connection to a server that answers everything with a whole answer."""

    transport: UnreadTransport = field(factory=UnreadTransport)
    protocol: BoundedHeadProtocol = field(init=False)

    def __attrs_post_init__(self) -> None:
        limits = ConnectionLimits(connections=10, heads=ByteLimit(10 * MAX_HEAD_BYTES))
        self.protocol = protocol_of(says_hello, asyncio.get_running_loop(), limits)
        self.protocol.connection_made(self.transport)

    async def ask(self, headers: bytes = b"") -> None:
        self.protocol.data_received(b"GET / HTTP/1.1\r\n" + headers + b"\r\n")
        await asyncio.sleep(0)

    async def answered(self) -> list[bytes]:
        await asyncio.gather(*self.protocol.tasks)
        return self.transport.written


async def test_a_whole_answer_is_written_at_once() -> None:
    """Head and body together. The connection stays open until the client asks to close it."""
    greeted = Greeted()
    await greeted.ask()
    assert await greeted.answered() == [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"]
    assert not greeted.transport.closing

    await greeted.ask(b"Connection: close\r\n")
    _, last = await greeted.answered()
    assert last == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello"
    assert greeted.transport.closing


async def test_a_whole_answer_waits_for_a_client_that_does_not_read() -> None:
    """Where the buffers are full. It is not written when the client is gone."""
    reads, leaves = Greeted(), Greeted()
    for greeted in (reads, leaves):
        greeted.protocol.pause_writing()
        await greeted.ask()
        assert greeted.transport.written == []

    reads.protocol.resume_writing()
    leaves.protocol.connection_lost(None)

    assert len(await reads.answered()) == 1
    assert await leaves.answered() == []
