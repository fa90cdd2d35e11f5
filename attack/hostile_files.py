"""The files at Meta: very large, slow, or different from their description.

The id of a file says how it behaves, as in `attack-large-17`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from enum import StrEnum
from functools import cache
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from attack.plan import MEGABYTE

PREFIX = "attack-"
MAX_FILE_BYTES = 16 * MEGABYTE
CHUNK = 64 * 1024
SLOW_SECONDS = 4.0
SILENT_SECONDS = 8.0


class Behaviour(StrEnum):
    """How a file behaves."""

    LARGE = "large"  # exactly as large as may be, and well
    LONGER = "longer"  # says it is small, and does not end
    SLOW = "slow"  # comes in drops, and well
    SILENT = "silent"  # begins, and then nothing comes
    DAMAGED = "damaged"  # other bytes than its digest says
    ELSEWHERE = "elsewhere"  # its address is at another host: the token must not go there
    ODD = "odd"  # described with values of wrong types
    GONE = "gone"  # described, and not there


def file_id(behaviour: Behaviour, number: int) -> str:
    return f"{PREFIX}{behaviour}-{number}"


def behaviour_of(media_id: str) -> Behaviour:
    return Behaviour(media_id.removeprefix(PREFIX).partition("-")[0])


@cache
def content() -> bytes:
    """The same content for all files, so that only their behaviour differs."""
    return b"OggS".ljust(1_024, b"\x00") * (MAX_FILE_BYTES // 1_024)


@cache
def digest() -> str:
    return hashlib.sha256(content()).hexdigest()


@get("/{version:str}/{media_id:str}")
async def describe(request: Request[Any, Any, Any], version: FromPath[str], media_id: FromPath[str]) -> dict[str, Any]:  # noqa: ARG001
    """Meta's description of a file, with its address."""
    behaviour = behaviour_of(media_id)
    described: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "id": media_id,
        "url": f"{request.base_url}files/{media_id}",
        "mime_type": "audio/ogg",
        "sha256": digest(),
        "file_size": str(MAX_FILE_BYTES),
    }
    match behaviour:
        case Behaviour.LONGER:
            return described | {"file_size": "10", "sha256": ""}
        case Behaviour.SLOW | Behaviour.SILENT:
            return described | {"file_size": 10, "sha256": None}
        case Behaviour.DAMAGED:
            return described | {"sha256": "0" * 64}
        case Behaviour.ELSEWHERE:
            return described | {"url": "http://127.0.0.1:9/files/x"}
        case Behaviour.ODD:
            return described | {"url": ["x"], "mime_type": {"a": 1}, "file_size": "9" * 5_000, "sha256": 5}
        case _:
            return described


@get("/files/{media_id:str}")
async def download(media_id: FromPath[str]) -> Response[bytes] | Stream:
    """The bytes, or what this behaviour sends in their place."""
    behaviour = behaviour_of(media_id)
    if behaviour is Behaviour.GONE:
        return Response(b"", status_code=404)
    if behaviour in (Behaviour.LONGER, Behaviour.SLOW, Behaviour.SILENT):
        return Stream(_trickle(behaviour), media_type="audio/ogg")
    return Response(content(), media_type="audio/ogg")


async def _trickle(behaviour: Behaviour) -> AsyncIterator[bytes]:
    pieces = {Behaviour.LONGER: 2 * MAX_FILE_BYTES // CHUNK, Behaviour.SLOW: 40, Behaviour.SILENT: 2}[behaviour]
    for _ in range(pieces):
        yield b"\x00" * (CHUNK if behaviour is Behaviour.LONGER else 1_000)
        await asyncio.sleep(0 if behaviour is Behaviour.LONGER else SLOW_SECONDS / 40)
    if behaviour is Behaviour.SILENT:
        await asyncio.sleep(SILENT_SECONDS)
