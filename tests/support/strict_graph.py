"""A Graph API that accepts every message that Meta would accept, except those with certain texts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from attrs import define, field

from support.graph_limits import complaints
from support.graph_server import Answer, Request, accepted, read_request, refusal, success
from support.loopback import listening

UNDELIVERABLE = 131026
INVALID = 131009


@define
class StrictGraph:
    """`sent` holds the messages it took, in order, and `refused` the words it does not like.

    `complaints` is what Meta would have refused them for.
    """

    url: str = ""
    refused: set[str] = field(factory=set)
    why: str = "Message undeliverable"
    sent: list[Request] = field(factory=list)
    complaints: list[str] = field(factory=list)

    @property
    def sent_texts(self) -> list[str]:
        return [request.body["text"]["body"] for request in self.sent if "text" in request.body]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(self._answer(await read_request(reader)).wire())
            await writer.drain()

    def _answer(self, request: Request) -> Answer:
        message: dict[str, Any] = request.body
        if "status" in message:
            return success()
        if found := list(complaints(message)):
            self.complaints += found
            return refusal(INVALID, message="Parameter value is not valid", error_data={"details": "; ".join(found)})
        if any(word in message.get("text", {}).get("body", "") for word in self.refused):
            return refusal(UNDELIVERABLE, message=self.why)
        self.sent.append(request)
        return accepted(f"wamid.sent.{len(self.sent)}")


@contextlib.asynccontextmanager
async def strict_graph() -> AsyncIterator[StrictGraph]:
    graph = StrictGraph()
    async with listening(graph.serve) as graph.url:
        yield graph
