"""A relay in front of an agent server: it keeps the heads of requests, and can be switched off."""

import contextlib
from collections.abc import AsyncIterator

import httpx
from attrs import define

from support.http_server import Conversation, ScriptedServer, serving


@define
class AgentsRelay:
    """While it is not `up`, it answers 503, as a load balancer does whose servers are away."""

    server: ScriptedServer
    up: bool = True

    @property
    def url(self) -> str:
        return self.server.url


@contextlib.asynccontextmanager
async def running_relay(agents_url: str) -> AsyncIterator[AgentsRelay]:
    """Passes each request on to the agent server at `agents_url`."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:

        async def pass_on(conversation: Conversation) -> None:
            while True:
                head, _, body = (await conversation.request()).partition(b"\r\n\r\n")
                if not relay.up:
                    await conversation.say(b"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n")
                    continue
                method, path, _ = head.decode().split(" ", 2)
                kind = {"content-type": "application/json"}
                answer = await client.request(method, agents_url + path, content=body, headers=kind)
                length = len(answer.content)
                await conversation.say(f"HTTP/1.1 {answer.status_code} \r\nContent-Length: {length}\r\n\r\n".encode())
                await conversation.say(answer.content)

        async with serving(pass_on) as server:
            relay = AgentsRelay(server)
            yield relay
