"""Files that are handed out to slow clients, and to clients that go away: their bytes are given back."""

import pytest

from adapters.memory.clock import FakeClock
from adapters.memory.media import MemoryMedia
from application.answering.byte_budget import ByteBudget
from application.answering.tool_access import FILES_PATH
from application.channels import Channels
from application.file_token import FileToken
from application.operating.open_file import MAX_OPENED_BYTES, MAX_OPENED_FILE, OpenFile
from application.ports.media import FetchedMedia
from application.signed_tokens import TokenSigner
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from entrypoints.http.routes import files
from support.answering import Answering
from support.polling import eventually
from support.web_process import client, running

SIGNER = TokenSigner(secrets=(b"s" * 32,))
LARGE = FetchedMedia(content=bytes(MAX_OPENED_FILE), mime_type="video/mp4")
TOKEN = FileToken(channel="whatsapp", media=Media(kind=MediaKind.VIDEO, id="large")).signed(SIGNER, expires_at=9e9)
GET = f"GET {FILES_PATH}{TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


@pytest.fixture
def opens() -> OpenFile:
    channels = Channels.of([Answering(media=MemoryMedia(files={"large": LARGE})).channel])
    return OpenFile(signer=SIGNER, channels=channels, clock=FakeClock(), budget=ByteBudget(total=MAX_OPENED_BYTES))


async def test_the_largest_file_arrives_whole(opens: OpenFile) -> None:
    async with running(open_file=opens) as server, client(server) as session:
        answer = await session.get(f"{FILES_PATH}{TOKEN}")

    assert (answer.status_code, answer.content == LARGE.content) == (200, True)
    assert opens.budget.held == 0


async def test_a_client_that_goes_away(opens: OpenFile) -> None:
    """In the middle of the file."""
    async with running(open_file=opens) as server:
        connection = await server.connect()
        await connection.send(GET)
        await connection.head()
        assert opens.budget.held == MAX_OPENED_FILE

        connection.writer.transport.abort()

        await eventually(lambda: opens.budget.held == 0)


async def test_a_client_that_reads_too_slowly(opens: OpenFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """It loses its connection, and the next one is served."""
    monkeypatch.setattr(files, "SENDING_SECONDS", 0.1)
    async with running(open_file=opens) as server:
        connection = await server.connect()
        await connection.send(GET)
        await connection.head()
        await eventually(lambda: opens.budget.held == 0)
        rest = await connection.rest()
        monkeypatch.undo()
        async with client(server) as session:
            again = await session.get(f"{FILES_PATH}{TOKEN}")

    assert len(rest) < MAX_OPENED_FILE
    assert again.status_code == 200
