"""The memory of one connection is bounded, whatever a client sends."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import uvicorn
from attrs import define
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from entrypoints.http.server.byte_limit import ByteLimit
from entrypoints.http.server.connection_limits import ConnectionLimits
from entrypoints.http.server.protocol import (
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

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return self.closing

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

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
    config = uvicorn.Config(never_answers, log_config=None, log_level="critical", lifespan="off")
    protocol = BoundedHeadProtocol(config, ServerState(), {}, loop, limits=limits)

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
