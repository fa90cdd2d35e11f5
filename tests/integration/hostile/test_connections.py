"""The cost of many connections of one stranger: memory, descriptors, and the time of others."""

import asyncio
import resource
from pathlib import Path

import pytest

from integration.hostile.conftest import Target
from support.abusive_clients import MEGABYTE, connect, memory_of, peak_memory, send_without_reading, wait_for_memory
from support.phone import post
from support.raw_http import statuses
from support.service import Service, write_config
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import webhook

GET = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST /v1/channels/whatsapp/webhook HTTP/1.1\r\nHost: a\r\n"
PLAUSIBLE = b"X-Hub-Signature-256: sha256=" + b"0" * 64 + b"\r\n"
PIPELINED = {
    "small ones": GET,
    "unknown paths": b"GET / HTTP/1.1\r\n\r\n",
    "many headers": b"GET /livez HTTP/1.1\r\n" + b"a:b\r\n" * 120 + b"\r\n",
    "large headers": b"GET /livez HTTP/1.1\r\nX-A: " + b"a" * 50_000 + b"\r\n\r\n",
    "bodies": HEAD + b"Content-Length: 30000\r\n\r\n" + b" " * 30_000,
    "large answers": b"GET /schema/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n",
}
BUDGET = 64 * MEGABYTE


@pytest.mark.parametrize("name", PIPELINED)
async def test_a_client_that_never_reads_is_disconnected(target: Target, name: str) -> None:
    """After a few unanswered requests of any kind."""
    async with peak_memory(target.service.process.pid) as peak:
        ended = await send_without_reading(target.service.port, PIPELINED[name], up_to=128 * MEGABYTE, seconds=15)

    assert ended
    assert peak[-1] < 16 * MEGABYTE


async def test_heads_of_all_connections_together_are_bounded(target: Target) -> None:
    """Three thousand connections, each with sixty kilobytes of an incomplete head."""
    pid = target.service.process.pid
    idle = memory_of(pid)
    async with peak_memory(pid) as peak:
        connections = [await connect(target.service.port) for _ in range(3000)]
        await asyncio.gather(
            *(one.send(b"GET /livez HTTP/1.1\r\nX-A: " + b"a" * 60_000) for one in connections), return_exceptions=True
        )
        answer = await target.service.http.get(f"{target.service.url}/livez")
    for one in connections:
        one.writer.transport.abort()

    assert answer.status_code == 200
    assert peak[-1] < 100 * MEGABYTE
    await wait_for_memory(pid, to=idle + 48 * MEGABYTE)


async def _unfinished(port: int, extra: bytes, count: int, *, seconds: float = 5) -> list[bytes]:
    """The responses within `seconds` to `count` bodies of three megabytes without their last byte."""

    async def one() -> bytes:
        connection = await connect(port)
        try:
            async with asyncio.timeout(seconds):
                await connection.send(HEAD + extra + b"Content-Length: 3000000\r\n\r\n" + b" " * 2_999_999)
                return await connection.reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            return b"still waiting"
        except (ConnectionError, asyncio.IncompleteReadError):
            return b"reset"
        finally:
            connection.writer.transport.abort()

    return await asyncio.gather(*(one() for _ in range(count)))


async def test_unsigned_bodies_are_not_read(target: Target) -> None:
    """Two hundred of three megabytes: each is answered 403, which its sender can read, and costs little memory."""
    async with peak_memory(target.service.process.pid) as peak:
        response = await _unfinished(target.service.port, b"", 200, seconds=15)

    assert {one[:12] for one in response} == {b"HTTP/1.1 403"}
    assert peak[-1] < 48 * MEGABYTE


async def test_forged_bodies_share_a_budget(target: Target) -> None:
    """Four hundred bodies that look signed: 503 with Retry-After. A genuine one is stored in the meantime."""
    pid = target.service.process.pid
    idle = memory_of(pid)
    async with peak_memory(pid) as peak:
        forging = asyncio.create_task(_unfinished(target.service.port, PLAUSIBLE, 400))
        await asyncio.sleep(1)
        genuine = await post(target.service, webhook(text_message("real", sender="15550109001", wamid="wamid.real")))
        response = await forging

    assert genuine.status_code == 200
    refused = [one for one in response if one != b"still waiting"]
    assert len(refused) > 300
    assert all(statuses(one) == [503] and b"retry-after: 2" in one for one in refused)
    assert peak[-1] < BUDGET + 48 * MEGABYTE
    await wait_for_memory(pid, to=idle + 48 * MEGABYTE)


async def test_a_sender_of_too_much_reads_its_answer(target: Target) -> None:
    """Also a client that sends four megabytes before it reads."""
    for _ in range(30):
        connection = await connect(target.service.port)
        await connection.send(HEAD + PLAUSIBLE + b"Content-Length: 4000000\r\n\r\n" + b" " * 4_000_000)

        assert statuses(await connection.rest()) == [413]
        await connection.close()


async def test_a_usual_soft_limit_of_descriptors_is_raised(tmp_path: Path, store_url: str) -> None:
    """Eleven hundred idle connections do not keep others out of a service with a soft limit of a thousand."""
    config = write_config(
        tmp_path, graph_url="http://127.0.0.1:9", store=store_url, agents_url="http://127.0.0.1:9", rate_limit=False
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        service = Service(config, role="web")
        await service.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    try:
        idle = [await connect(service.port) for _ in range(1100)]
        answer = await service.http.get(f"{service.url}/livez")
        for one in idle:
            one.writer.transport.abort()
    finally:
        await service.close()

    assert answer.status_code == 200
