"""An agent runtime that counts its runs: over HTTP, in the place of Astromesh."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from urllib.parse import unquote

from attrs import define, field

from support.canned_http import response
from support.loopback import listening
from support.polling import eventually

# Long enough that the channel cuts the answer in two.
FIRST, SECOND = "word " * 800, "word " * 100


def parts_of(query: str) -> list[str]:
    """The beginning of each of the two parts of the answer to `query`."""
    return [f"{query}: one", f"{query}: two"]


@define
class Run:
    """When which agent was called in which session, and when its caller gave up, in monotonic seconds."""

    query: str
    asked_at: float
    agent: str = ""
    session: str = ""
    dropped_at: float | None = None


@define
class RecordingAgent:
    """Answers every query in two parts, and `more` and `data`, if any; while `open` is cleared, callers wait.

    With each answer it proposes `proposals`, as Astromesh lists them, and reports its `usage`. It refuses queries that
    contain `refused`. `forgotten` has the agent and the session of each memory that it was asked to clear.
    """

    url: str = ""
    more: str = ""
    data: object = None
    proposals: list[dict[str, object]] = field(factory=list)
    usage: object = None
    refused: str = ""
    runs: list[Run] = field(factory=list)
    forgotten: list[tuple[str, str]] = field(factory=list)
    open: asyncio.Event = field(factory=asyncio.Event)

    @property
    def queries(self) -> list[str]:
        return [run.query for run in self.runs]

    async def asked(self, times: int) -> None:
        await eventually(lambda: len(self.runs) >= times, seconds=20)

    def handovers(self) -> list[float]:
        """Seconds from the moment a caller gave up to the next run for the same query."""
        dropped = {run.query: run.dropped_at for run in self.runs if run.dropped_at is not None}
        again = {run.query: run.asked_at for run in self.runs if run.dropped_at is None}
        return [again[query] - at for query, at in dropped.items()]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET "):  # which agents there are
            writer.write(response(200, b'{"agents": []}'))
            return
        if head.startswith(b"DELETE "):  # /v1/memory/AGENT/history/SESSION
            _, _, _, agent, _, session = unquote(head.decode().split()[1]).split("/", 5)
            self.forgotten.append((agent, session))
            writer.write(response(200, b"{}"))
            return
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
        asked = json.loads(await reader.readexactly(length))
        run = Run(asked["query"], time.monotonic(), agent=head.decode().split("/")[3], session=asked["session_id"])
        self.runs.append(run)
        if self.refused and self.refused in run.query:
            writer.write(response(422, b"{}"))
            return
        if await self._is_patient(reader, run):
            first, second = parts_of(run.query)
            text = f"{first} {FIRST}\n\n{second} {SECOND}\n{self.more}"
            answer = {"answer": text, "data": self.data, "propuestas": self.proposals, "usage": self.usage}
            writer.write(response(200, json.dumps(answer).encode()))

    async def _is_patient(self, reader: asyncio.StreamReader, run: Run) -> bool:
        """Whether the caller is still connected when answers may be sent."""
        gone, opened = asyncio.ensure_future(reader.read()), asyncio.ensure_future(self.open.wait())
        done, pending = await asyncio.wait({gone, opened}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.wait({gone, opened})
        if opened in done:
            return True
        run.dropped_at = time.monotonic()
        return False


@contextlib.asynccontextmanager
async def recording_agent() -> AsyncIterator[RecordingAgent]:
    agent = RecordingAgent()
    agent.open.set()
    async with listening(agent.serve) as agent.url:
        try:
            yield agent
        finally:
            agent.open.set()
