"""A transport that closes without losing the last answer, and that sends two pieces in one go."""

import asyncio

import pytest
from attrs import define, field

from entrypoints.http.server.lingering import LingeringTransport


@define(eq=False)
class RecordingTransport(asyncio.Transport):
    written: list[bytes] = field(factory=list)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))


@pytest.mark.parametrize("body", [b"body", b""])
async def test_a_head_is_sent_with_its_body(body: bytes) -> None:
    """In one system call, where the sender says that the body follows."""
    inner = RecordingTransport()
    transport = LingeringTransport(inner, asyncio.get_running_loop())

    transport.joins = True
    transport.write(b"head ")
    assert inner.written == []
    transport.write(body)
    transport.write(b"next")

    assert inner.written == [b"head " + body, b"next"]
