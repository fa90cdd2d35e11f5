"""An agent of an operator behind an address: it checks the signatures, and answers by a script."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from attrs import define, field, frozen

from support.loopback import listening

SECRET = "not-a-real-signing-secret"


@frozen(kw_only=True)
class Says:
    """One response. With `hold` there is none."""

    body: object = ""
    status: int = 200
    media_type: str = "application/json"
    hold: bool = False
    location: str = ""


@define
class WebhookAgents:
    """Answers each text by `script`; `names` are the agents that it knows. `turns` are those that were signed.

    `requests` are the heads of all requests, and `forged` counts those whose signature is wrong. `probe` answers every
    GET. `forgotten` are the sessions that are to be cleared, which `script` answers under "forget".
    """

    names: tuple[str, ...] = ("assistant",)
    script: Mapping[str, Says] = field(factory=dict)
    url: str = ""
    turns: list[dict[str, Any]] = field(factory=list)
    requests: list[dict[str, str]] = field(factory=list)
    forged: int = 0
    probe: Says = field(factory=lambda: Says(status=405))
    forgotten: list[dict[str, str]] = field(factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append({"request": first, **headers})
        if not is_genuine(headers, body):
            self.forged += 1
            await _respond(writer, Says(status=401))
            return
        if first.startswith("GET "):
            await _respond(writer, self.probe)
            return
        if first.startswith("DELETE "):
            self.forgotten.append(json.loads(body))
            await _respond(writer, self.script.get("forget", Says(status=204)))
            return
        turn = json.loads(body)
        self.turns.append(turn)
        says = self.script.get(turn["text"], Says(body={"answer": f"You said: {turn['text']}"}))
        if turn["agent"] not in self.names:
            says = Says(status=404)
        if says.hold:
            await reader.read()  # until the caller hangs up
            return
        await _respond(writer, says)


def is_genuine(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is ours, and not older than five minutes."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(SECRET.encode(), signed, hashlib.sha256)).decode()
    is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return is_fresh and expected in headers["webhook-signature"].split()


async def _respond(writer: asyncio.StreamWriter, says: Says) -> None:
    body = says.body if isinstance(says.body, bytes) else json.dumps(says.body).encode() if says.body != "" else b""
    head = f"HTTP/1.1 {says.status} Scripted\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    head += f"Content-Type: {says.media_type}\r\n" if says.media_type else ""
    head += f"Location: {says.location}\r\n" if says.location else ""
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()


@contextlib.asynccontextmanager
async def webhook_agents(*names: str, script: Mapping[str, Says] | None = None) -> AsyncIterator[WebhookAgents]:
    agents = WebhookAgents(names=names or ("assistant",), script=script or {})
    async with listening(agents.serve) as agents.url:
        yield agents
