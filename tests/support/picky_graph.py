"""A Graph API that takes every message but those with certain words in them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from attrs import define, field

from support.graph_server import Request, accepted, refusal, success
from support.loopback import listening

UNDELIVERABLE = 131026


@define
class PickyGraph:
    """`sent` holds the texts it took, in order, and `refused` the words it does not like."""

    url: str = ""
    refused: set[str] = field(factory=set)
    why: str = "Message undeliverable"
    sent: list[Request] = field(factory=list)

    @property
    def said(self) -> list[str]:
        return [request.body["text"]["body"] for request in self.sent]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                writer.write(self._answer(await _request(reader)))
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    def _answer(self, request: Request) -> bytes:
        if "text" not in request.body:
            return success().wire()
        if any(word in request.body["text"]["body"] for word in self.refused):
            return refusal(UNDELIVERABLE, message=self.why).wire()
        self.sent.append(request)
        return accepted(f"wamid.sent.{len(self.sent)}").wire()


async def _request(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    return Request(first.split()[1], headers, json.loads(body))


@contextlib.asynccontextmanager
async def picky_graph() -> AsyncIterator[PickyGraph]:
    graph = PickyGraph()
    async with listening(graph.serve) as graph.url:
        yield graph
