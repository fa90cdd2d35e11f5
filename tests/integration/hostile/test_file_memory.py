"""Files of people do not fill the memory, and none of them stays in it."""

import asyncio
import json
import os
import sys
from typing import Any

from application.answering.byte_budget import MEGABYTE, ByteBudget
from application.answering.read_files import MAX_AUDIO, MAX_VOICE_NOTES
from support.graph_server import read_request
from support.loopback import listening

PEOPLE, NOTES = 3, 30
CONTENT = b"\x5a" * (MAX_AUDIO - 1)
# The budget itself, the file that is being assembled, and the buffers of sockets.
ALLOWED = ByteBudget().total + 96 * MEGABYTE
KEPT = 32 * MEGABYTE


async def test_people_who_send_many_large_voice_notes_at_once() -> None:
    """Thirty of 16 MB each: ten are transcribed, and the process stays within its budget."""
    async with listening(_far_side) as url:
        memory = await _measured(url)

    assert memory["written"] == PEOPLE * MAX_VOICE_NOTES
    assert memory["peak"] - memory["idle"] < ALLOWED
    assert memory["after"] - memory["idle"] < KEPT


async def _measured(url: str) -> dict[str, int]:
    command = (sys.executable, "-m", "support.voice_note_memory", url, str(PEOPLE), str(NOTES))
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environ)
    printed, _ = await process.communicate()
    measured: dict[str, int] = json.loads(printed)
    return measured


async def _far_side(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The Graph API and the transcriber in one server."""
    own_address = "http://{}:{}".format(*writer.get_extra_info("sockname"))
    while True:
        request = await read_request(reader)
        described: dict[str, Any] = {"url": f"{own_address}/file", "mime_type": "audio/ogg", "text": "hello"}
        body = CONTENT if request.path.endswith("/file") else json.dumps(described).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)
        await writer.drain()
