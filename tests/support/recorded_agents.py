"""A server in Astromesh's place that records every run."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

from attrs import define, field, frozen

from support.canned_http import response
from support.loopback import listening


@frozen
class Run:
    """One `POST /v1/agents/{agent}/run`."""

    agent: str
    query: str
    session_id: str
    context: dict[str, Any]
    origen: str


@define
class RecordedAgents:
    """Answers every run with `answer`, and delays them while `free` is cleared."""

    url: str = ""
    answer: str = "Noted."
    runs: list[Run] = field(factory=list)
    free: asyncio.Event = field(factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET "):  # which agents there are
            writer.write(response(200, json.dumps({"agents": []}).encode()))
            await writer.drain()
            return
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
        asked = json.loads(await reader.readexactly(length))
        self.runs.append(Run(unquote(head.split("/")[3]), **asked))
        await self.free.wait()
        writer.write(response(200, json.dumps({"answer": self.answer}).encode()))
        await writer.drain()


@contextlib.asynccontextmanager
async def recorded_agents() -> AsyncIterator[RecordedAgents]:
    agents = RecordedAgents()
    agents.free.set()
    async with listening(agents.serve) as agents.url:
        try:
            yield agents
        finally:
            agents.free.set()
