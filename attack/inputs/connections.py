"""Hostile connections: each is one input. They send nothing, too much, too slowly, or no HTTP."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from random import Random

from attack.caller import NO_RETRY_AFTER, UNAVAILABLE, Tally
from attack.inputs.request import WEBHOOK, http
from attack.plan import ADMIN_TOKEN, MEGABYTE

HELD_SECONDS = 4.0
WRITTEN_SECONDS = 1.5
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})[^\r]*\r\n((?:[^\r]+\r\n)*)")
UNFINISHED = 3 * MEGABYTE
# A signature that may be Meta's as far as anybody can see before the body has come.
PLAUSIBLE = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
LIVEZ = http("GET", "/livez")
CHUNKS = (b"Z\r\n", b"f" * 40, b"-1\r\n", b"5;" + b"x" * 70_000)
RESET = struct.pack("ii", 1, 0)

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type Attack = Callable[[Random, Streams], Awaitable[None]]


async def throw_connections(random: Random, count: int, *, port: int, tally: Tally, at_once: int) -> None:
    """Connections that are held open are made at the same time, the others a few at a time."""
    kinds = random.choices(list(KINDS), list(KINDS.values()), k=count)
    free = asyncio.Semaphore(at_once)

    async def one(kind: Attack, made: Random) -> None:
        async with free if kind not in HELD else contextlib.nullcontext():
            await _throw(kind, made, port=port, tally=tally)

    async with asyncio.TaskGroup() as group:
        for number, kind in enumerate(kinds):
            group.create_task(one(kind, Random(f"{random.random()} {number}")))


async def _throw(kind: Attack, random: Random, *, port: int, tally: Tally) -> None:
    name = kind.__name__.replace("_", " ")
    tally.thrown += 1
    try:
        streams = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        tally.note(name, "not connected")
        return
    with contextlib.suppress(ConnectionError):
        await kind(random, streams)
    data = await _received(streams)
    for status, headers in STATUS.findall(data):
        lacks = status == UNAVAILABLE.encode() and b"retry-after" not in headers.lower()
        tally.note(name, NO_RETRY_AFTER if lacks else status.decode())
    if not data:
        tally.note(name, "no response")
    tally.look_for_leaks(name, data, words=False)
    streams[1].transport.abort()


async def _received(streams: Streams) -> bytes:
    """What has arrived, and what arrives within a short time."""
    data = bytearray()
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(0.3):
            while (piece := await streams[0].read(MEGABYTE)) and len(data) < 4 * MEGABYTE:
                data += piece
    return bytes(data)


async def _write(streams: Streams, data: bytes) -> None:
    """Write as much as the service accepts within a short time."""
    streams[1].write(data)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WRITTEN_SECONDS):
            await streams[1].drain()


async def idle(_: Random, streams: Streams) -> None:  # noqa: ARG001
    """Sends nothing."""
    await asyncio.sleep(HELD_SECONDS)


async def unfinished_body(random: Random, streams: Streams) -> None:
    """Sends nearly all of a large forged webhook, and never its end."""
    head = http("POST", WEBHOOK, {**PLAUSIBLE, "Content-Length": str(UNFINISHED)})
    await _write(streams, head + b" " * (UNFINISHED - random.randint(1, 100)))
    await asyncio.sleep(HELD_SECONDS)


async def slow_body(random: Random, streams: Streams) -> None:
    """Sends single bytes with pauses."""
    await _write(streams, http("POST", WEBHOOK, {**PLAUSIBLE, "Content-Length": "1000"}))
    for _ in range(20):
        await _write(streams, random.choice((b" ", b"{", b"\x00")))
        await asyncio.sleep(HELD_SECONDS / 20)


async def unread_answers(random: Random, streams: Streams) -> None:
    """Sends many requests at once and reads no response. Some responses have a hundred kilobytes."""
    operator = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    wanted = random.choice(
        (
            LIVEZ,
            http("GET", "/schema/openapi.json"),
            http("GET", "/metrics"),
            http("POST", WEBHOOK, {}, b"{}"),
            http("GET", "/v1/dead-letters", operator),
        )
    )
    streams[0]._transport.pause_reading()  # type: ignore[attr-defined] # noqa: SLF001 - asyncio reads ahead otherwise
    streams[1].write(wanted * random.choice((50, 1_000, 5_000)))
    await asyncio.sleep(HELD_SECONDS)
    streams[0]._transport.resume_reading()  # type: ignore[attr-defined] # noqa: SLF001


async def many_headers(random: Random, streams: Streams) -> None:
    """Sends heads of nearly 64 kB, or heads without an end, many times."""
    lines = random.choice((500, 1_000, 3_000))
    head = http("GET", "/livez", {f"X-{number}": "y" * random.choice((1, 50)) for number in range(lines)})
    for _ in range(random.choice((1, 10, 50))):
        await _write(streams, head if random.random() < 0.8 else head[:-2])


async def garbage(random: Random, streams: Streams) -> None:
    """Sends no HTTP, another protocol version, or contradictory HTTP."""
    lies = random.choice(("-1", "9" * 400, "0x10", "1, 2", "", "+5"))
    data = random.choice(
        (
            random.randbytes(random.randrange(5_000)),
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random.randbytes(500),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + random.randbytes(100),
            b"GET /livez HTTP/9.9\r\n\r\n",
            b"GET " + b"x" * 70_000,
            b"\r\n" * 5_000,
            b"\x00" * 5_000,
            http("POST", WEBHOOK, {"Content-Length": lies}, b"{}"),
            http("POST", WEBHOOK, {"Content-Length": "5", "Transfer-Encoding": "chunked"}) + b"0\r\n\r\nGET /x",
            http("POST", WEBHOOK, {**PLAUSIBLE, "Transfer-Encoding": "chunked"}) + random.choice(CHUNKS),
            http("GET", "/livez", {"Upgrade": "websocket", "Connection": "Upgrade", "Expect": "100-continue"}),
        )
    )
    await _write(streams, data)


async def half_closed(random: Random, streams: Streams) -> None:
    """Sends something and closes its sending side."""
    data = (LIVEZ, LIVEZ[:-2], b"", http("POST", WEBHOOK, PLAUSIBLE, b"{}")[:-1], LIVEZ * 3)
    await _write(streams, random.choice(data))
    streams[1].write_eof()


async def reset(random: Random, streams: Streams) -> None:
    """Resets the connection in the middle of something."""
    data = (b"", LIVEZ, LIVEZ[:-2], LIVEZ * 100, http("POST", WEBHOOK, PLAUSIBLE, b" " * MEGABYTE)[:-1])
    await _write(streams, random.choice(data))
    streams[1].get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    streams[1].transport.abort()


KINDS: Mapping[Attack, int] = {
    idle: 60,
    unfinished_body: 10,
    slow_body: 3,
    unread_answers: 3,
    many_headers: 3,
    garbage: 12,
    half_closed: 5,
    reset: 4,
}
HELD = frozenset({idle, unfinished_body, slow_body})
