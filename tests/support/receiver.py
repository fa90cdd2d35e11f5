"""A system of the operator that takes approved proposals."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from attrs import define, field

from adapters.outgoing_webhooks.signature import signed_headers
from application.ports.webhook_sender import WebhookFailedError
from support.canned_http import response
from support.loopback import listening


@define(kw_only=True)
class FakeReceiver:
    """Takes each message with `answer`, and remembers it. While `fails` has a reason, it takes none."""

    answer: bytes = b""
    fails: str = ""
    messages: list[tuple[str, bytes]] = field(factory=list)
    before: Any = None

    async def send(self, *, message_id: str, body: bytes) -> bytes:
        self.messages.append((message_id, body))
        if self.before:
            await self.before()
        if self.fails:
            raise WebhookFailedError(self.fails)
        return self.answer


@define(kw_only=True)
class ReceivingServer:
    """The same over HTTP. It answers `answer` with `status`, and checks signatures made with `secret`."""

    secret: str
    status: int = 200
    answer: bytes = b"{}"
    url: str = ""
    received: list[str] = field(factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.decode().splitlines()[1:])
        }
        body = await reader.readexactly(int(headers["content-length"]))
        expected = signed_headers(
            message_id=headers["webhook-id"],
            at=float(headers["webhook-timestamp"]),
            body=body,
            secrets=[self.secret],
        )
        is_genuine = headers["webhook-signature"] == expected["webhook-signature"]
        self.received.append(headers["webhook-id"] if is_genuine else "forged")
        writer.write(response(self.status, self.answer))


@contextlib.asynccontextmanager
async def receiving_server(secret: str = "not-a-real-secret-of-proposals") -> AsyncIterator[ReceivingServer]:
    receiver = ReceivingServer(secret=secret)
    async with listening(receiver.serve) as receiver.url:
        yield receiver
