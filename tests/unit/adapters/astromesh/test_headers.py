"""The headers of a request to an Astromesh server, and to what stands before it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.astromesh.http import AstromeshHttpAgent
from application.ports.agent import AgentRun, ProviderKey
from support.canned_http import response
from support.loopback import listening

KEY = "not-a-real-key"


@contextlib.asynccontextmanager
async def recording(heads: list[str], body: bytes) -> AsyncIterator[str]:
    """A server that answers with this body, and keeps the head of each request."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(response(200, body))
        await writer.drain()

    async with listening(answer) as url:
        yield url


async def head_of_run(*, context: dict[str, object], provider: ProviderKey | None = None) -> str:
    heads: list[str] = []
    async with recording(heads, b'{"answer": "Hi"}') as url, httpx.AsyncClient() as client:
        agent = AstromeshHttpAgent(client=client, url=url, headers=((b"X-API-Key", KEY.encode()),))
        await agent.run(AgentRun(agent="assistant", query="hello", session_id="s1", context=context, provider=provider))
    return heads[0]


async def test_a_run_names_its_turn() -> None:
    """So a proxy knows a run that is tried again."""
    head = await head_of_run(context={"turn_id": "7-0"})

    assert "\r\nIdempotency-Key: 7-0\r\n" in head
    assert f"\r\nX-API-Key: {KEY}\r\n" in head
    assert "X-Astromesh" not in head


async def test_a_run_with_a_provider_of_its_own() -> None:
    """Its name and its key."""
    head = await head_of_run(context={}, provider=ProviderKey(name="openai", key=KEY))

    assert f"\r\nX-Astromesh-Provider-Name: openai\r\nX-Astromesh-Provider-Key: {KEY}\r\n" in head
    assert "Idempotency-Key" not in head


async def test_the_list_of_agents() -> None:
    """It needs the same credentials."""
    heads: list[str] = []
    async with recording(heads, b'{"agents": []}') as url, httpx.AsyncClient() as client:
        agent = AstromeshHttpAgent(client=client, url=url, headers=((b"Authorization", b"Bearer x"),))
        assert await agent.agents() == ()

    assert "\r\nAuthorization: Bearer x\r\n" in heads[0]


@pytest.mark.parametrize("shown", [repr, str])
def test_no_secret_is_shown(shown: type[str]) -> None:
    """In a log or an error."""
    agent = AstromeshHttpAgent(client=httpx.AsyncClient(), url="http://x", headers=((b"X-API-Key", KEY.encode()),))

    assert KEY not in shown(agent)
    assert KEY not in shown(ProviderKey(name="openai", key=KEY))
