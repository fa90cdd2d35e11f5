"""The chat of a company, which the example of a plug-in connects: a server that takes signed calls."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

from attrs import define, field

from support.canned_http import response
from support.loopback import listening

SECRET = "test-chat-secret"


def signature(body: bytes) -> str:
    return f"sha256={hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()}"


@define
class CompanyChat:
    """What it got, by path. A call without its signature is refused.

    `waiting`: updates that are fetched, with their positions. They are kept until a later position is asked for.
    """

    url: str = ""
    messages: list[dict[str, Any]] = field(factory=list)
    typing: list[dict[str, Any]] = field(factory=list)
    webhook: list[dict[str, Any]] = field(factory=list)
    updates: list[dict[str, Any]] = field(factory=list)
    waiting: dict[int, dict[str, Any]] = field(factory=dict)
    forged: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET "):
            writer.write(response(200, b"{}"))
            return
        headers = dict(line.split(": ", 1) for line in head.lower().split("\r\n")[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        if headers["x-chat-signature"] != signature(body):
            self.forged += 1
            writer.write(response(401))
            return
        took: list[dict[str, Any]] = getattr(self, head.split()[1].rpartition("/")[2])
        took.append(json.loads(body))
        answer = await self._fetched(took[-1]) if took is self.updates else {"id": f"sent-{len(took)}"}
        writer.write(response(200, json.dumps(answer).encode()))

    async def _fetched(self, asked: dict[str, Any]) -> dict[str, Any]:
        after, ends = int(asked["after"] or 0), asyncio.get_running_loop().time() + asked["wait_seconds"]
        self.waiting = {position: update for position, update in self.waiting.items() if position > after}
        while not self.waiting and asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(0.01)
        return {"updates": list(self.waiting.values()), "position": str(max(self.waiting, default=after))}


@contextlib.asynccontextmanager
async def company_chat() -> AsyncIterator[CompanyChat]:
    chat = CompanyChat()
    async with listening(chat.serve) as chat.url:
        try:
            yield chat
        finally:
            chat.waiting = {0: {}}  # a fetch that waits ends
