"""A download that fails keeps nothing of the file in memory."""

import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.channel_kit.http import download
from application.ports.media import MediaTroubleError, MediaUnavailableError

PIECE, PIECES = 64 * 1024, 64
ADDRESS = httpx.URL("https://files.example/1")
LITTLE = 4 * PIECE


class Pieces(httpx.AsyncByteStream):
    """A file of 4 MB, which may break off before its last byte."""

    def __init__(self, *, breaks_off: bool = False) -> None:
        self.breaks_off = breaks_off

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(PIECES):
            yield bytes(bytearray(PIECE))
        if self.breaks_off:
            raise httpx.ReadError("reset")


async def failed_download(pieces: Pieces, *, max_bytes: int, digest: str | None) -> Exception:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=pieces))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises((MediaTroubleError, MediaUnavailableError)) as raised:
            await download(client, ADDRESS, max_bytes=max_bytes, digests=[digest])
    return raised.value


@pytest.mark.parametrize(
    ("pieces", "max_bytes", "digest"),
    [
        pytest.param(Pieces(), PIECE * PIECES - 1, None, id="too large"),
        pytest.param(Pieces(), PIECE * PIECES, "0" * 64, id="another digest"),
        pytest.param(Pieces(breaks_off=True), PIECE * PIECES, None, id="broken off"),
    ],
)
async def test_nothing_is_left_of_it(pieces: Pieces, max_bytes: int, digest: str | None) -> None:
    """The error lives on with its traceback, sometimes until the next garbage collection."""
    tracemalloc.start()
    try:
        error = await failed_download(pieces, max_bytes=max_bytes, digest=digest)
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert error.__traceback__
    assert left < LITTLE
