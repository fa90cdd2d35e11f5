"""A Graph API on a socket. A test scripts its answers."""

import asyncio
import contextlib
import hashlib
import json
import socket
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from attrs import define, field, frozen

from support.loopback import listening, reset

TOKEN = "test-access-token"  # with which the tests of its clients come


@frozen
class Answer:
    """An HTTP response."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[str, ...] = ()
    cut: int = 0  # so many bytes of the body never come

    def wire(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Scripted", f"Content-Type: {self.content_type}", *self.headers]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "\r\n"])
        return head.encode() + self.body[: len(self.body) - self.cut]


@frozen
class Silence:
    """The request is read, and never answered."""


@frozen
class Reset:
    """The request is read, and the connection is reset."""


UNAVAILABLE = Answer(b"", 503)
BAD_GATEWAY = Answer(b"<html><body>Bad gateway</body></html>", 502, "text/html")

type Step = Answer | Silence | Reset


def accepted(message_id: str = "wamid.sent.1") -> Answer:
    reply = {"messaging_product": "whatsapp", "contacts": [{"input": "+1"}], "messages": [{"id": message_id}]}
    return Answer(json.dumps(reply).encode())


def success() -> Answer:
    return Answer(b'{"success": true}')


def described(content: bytes, *, url: str, **more: Any) -> Answer:
    """The Graph API's description of a file, before the download."""
    described = {"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "id": "1234567890"}
    verifiable = {"sha256": hashlib.sha256(content).hexdigest(), "file_size": str(len(content))}
    return Answer(json.dumps(described | verifiable | more).encode())


def uploaded(media_id: str) -> Answer:
    """The response to an upload."""
    return Answer(json.dumps({"id": media_id}).encode())


def refusal(code: int | None, *, status: int = 400, message: str = "Refused", **more: Any) -> Answer:
    """An error response of the Graph API."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf", **more}
    return Answer(json.dumps({"error": error}).encode(), status)


@frozen
class Request:
    """`body` is the JSON object in `content`; empty where there is none."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes = b""

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.content) if self.content else {}


async def read_request(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    method, path, _ = first.split()
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Request(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@define
class GraphServer:
    """Answers one request with each step of `script`, and then accepts everything."""

    url: str = ""
    script: deque[Step] = field(factory=deque)
    requests: list[Request] = field(factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while await self._answer(reader, writer):
            pass

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.requests.append(await read_request(reader))
        match self.script.popleft() if self.script else accepted(f"wamid.sent.{len(self.requests)}"):
            case Answer() as answer:
                writer.write(answer.wire())
                await writer.drain()
                return not answer.cut
            case Silence():
                await reader.read()  # until the client hangs up
            case Reset():
                reset(writer)
        return False


@contextlib.asynccontextmanager
async def graph_server() -> AsyncIterator[GraphServer]:
    graph = GraphServer()
    async with listening(graph.serve) as graph.url:
        yield graph


def unused_address() -> str:
    """An address where no server listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"
