"""Tools fetch the files of a turn at addresses that work for some minutes."""

import asyncio

import pytest
from attrs import evolve

from adapters.memory.clock import FakeClock
from adapters.memory.media import MemoryMedia
from application.answering.byte_budget import ByteBudget
from application.answering.tool_access import FILES, FILES_PATH, ToolAccess
from application.channels import UnknownChannelError
from application.file_token import MAX_FILE_ID, FileToken
from application.operating import open_file
from application.operating.open_file import (
    MAX_OPENED_BYTES,
    MAX_OPENED_FILE,
    ExpiredAddressError,
    ForgedAddressError,
    OpenFile,
    TooManyFilesError,
)
from application.ports.media import FetchedMedia, MediaTroubleError, MediaUnavailableError
from application.run_token import RunToken
from application.signed_tokens import MAX_TOKEN, TokenSigner
from domain.messages.inbound import InboundMessage, Media
from domain.messages.shared_values import MediaKind
from support.answering import Answering
from support.messages import CONVERSATION, message
from support.polling import eventually
from support.turns import turn_of

SIGNER = TokenSigner(secrets=(b"s" * 32,))
URL = "https://bot.example"
SECONDS = 900.0
PDF = FetchedMedia(content=b"%PDF", mime_type="application/pdf")
BILL = Media(kind=MediaKind.DOCUMENT, id="bill", mime_type="application/pdf", filename="bill.pdf", size=4)


def answering_with(**files: FetchedMedia) -> Answering:
    clock = FakeClock()
    tools = ToolAccess(signer=SIGNER, clock=clock, files_url=URL, file_seconds=SECONDS)
    return Answering(clock=clock, tools=tools, media=MemoryMedia(files=files))


def with_file(media: Media) -> InboundMessage:
    return evolve(message(message_id="m1"), content=media)


def described(answering: Answering, *messages: InboundMessage) -> list[dict[str, object]]:
    assert answering.tools is not None
    return answering.tools.context_of(turn_of(*messages), answering.channel)[FILES]  # type: ignore[return-value]


def token_of(answering: Answering, media: Media = BILL) -> str:
    (file,) = described(answering, with_file(media))
    return str(file["url"]).removeprefix(f"{URL}{FILES_PATH}")


def opens(answering: Answering) -> OpenFile:
    use_case = answering.use_cases.open_file
    assert use_case is not None
    return use_case


async def test_each_file_of_a_turn_has_an_address() -> None:
    """With what the message says of it. Texts, and files that the channel does not give out, have none."""
    lost = Media(kind=MediaKind.VIDEO, id="", trouble="it is too old")
    endless = Media(kind=MediaKind.VIDEO, id="x" * (MAX_FILE_ID + 1))

    (file,) = described(answering_with(), message(), *map(with_file, (BILL, lost, endless)))

    assert str(file.pop("url")).startswith("https://bot.example/v1/files/")
    assert file == {
        "message_id": "m1",
        "kind": "document",
        "mime_type": "application/pdf",
        "name": "bill.pdf",
        "size": 4,
    }


async def test_the_address_leads_to_the_file() -> None:
    answering = answering_with(bill=PDF)

    async with opens(answering)(token_of(answering)) as (media, file):
        assert (media.filename, media.kind, file) == ("bill.pdf", MediaKind.DOCUMENT, PDF)


async def test_the_address_of_a_file_with_a_long_name_is_short_enough() -> None:
    """Its end is kept: it says what the file is."""
    answering = answering_with()
    long = evolve(BILL, id="x" * MAX_FILE_ID, filename="\U0001f600" * 200 + ".pdf", mime_type="a/" + "b" * 300)

    token = token_of(answering, long)

    assert len(token) < 2048 < MAX_TOKEN
    assert FileToken.read(token, SIGNER, now=0).media.filename.endswith(".pdf")


async def test_an_address_works_for_a_time() -> None:
    """Whatever it was used for before."""
    answering = answering_with(bill=PDF)
    token = token_of(answering)

    answering.clock.advance(SECONDS - 1)
    async with opens(answering)(token):
        pass
    answering.clock.advance(1)

    with pytest.raises(ExpiredAddressError):
        await opens(answering)(token).__aenter__()


@pytest.mark.parametrize(
    "token",
    [
        "check",
        RunToken(conversation=CONVERSATION, turn_id="1").signed(SIGNER, expires_at=9e9),
        FileToken(channel="whatsapp", media=BILL).signed(TokenSigner(secrets=(b"x" * 32,)), expires_at=9e9),
        SIGNER.sign(
            {"channel": "whatsapp", "id": "a", "kind": "hologram", "mime_type": "", "name": "", "digest": ""},
            purpose="file",
            expires_at=9e9,
        ),
    ],
)
async def test_an_address_that_we_did_not_make(token: str) -> None:
    """Another token, one of another secret, one of a later version."""
    answering = answering_with(bill=PDF)

    with pytest.raises(ForgedAddressError):
        await opens(answering)(token).__aenter__()

    assert answering.media.fetched == []


async def test_files_that_are_not_there() -> None:
    """Gone, changed, too large, of a channel that is gone, or not now."""
    large = FetchedMedia(content=b"x" * (MAX_OPENED_FILE + 1), mime_type="video/mp4")
    answering = answering_with(bill=PDF, large=large)
    changed = evolve(BILL, digest="0" * 64)
    foreign = FileToken(channel="gone", media=BILL).signed(SIGNER, expires_at=9e9)

    for media in (evolve(BILL, id="gone"), evolve(BILL, id="large"), changed):
        with pytest.raises(MediaUnavailableError):
            await opens(answering)(token_of(answering, media)).__aenter__()
    with pytest.raises(UnknownChannelError):
        await opens(answering)(foreign).__aenter__()
    answering.media.fail_next("busy")
    with pytest.raises(MediaTroubleError):
        await opens(answering)(token_of(answering)).__aenter__()

    assert opens(answering).budget.held == 0


async def test_few_files_are_in_memory_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """While they are fetched, each counts as large as it may be; then as large as it is. Others wait, but not long."""
    monkeypatch.setattr(open_file, "OPENING_SECONDS", 0.05)
    answering = answering_with(bill=PDF)
    opening, token = opens(answering), token_of(answering)
    full = evolve(opening, budget=ByteBudget(total=MAX_OPENED_BYTES))

    async with opening(token), opening(token), opening(token):
        assert opening.budget.held == 3 * len(PDF.content)
    await full.budget.take(MAX_OPENED_BYTES)
    with pytest.raises(TooManyFilesError):
        await full(token).__aenter__()
    full.budget.give(MAX_OPENED_BYTES)

    assert opening.budget.held == 0


async def test_who_waits_is_served_when_others_are_done() -> None:
    answering = answering_with(bill=PDF)
    opening, token = opens(answering), token_of(answering)
    await opening.budget.take(MAX_OPENED_BYTES)

    async def fetch() -> bytes:
        async with opening(token) as (_, file):
            return file.content

    waiting = asyncio.create_task(fetch())
    await eventually(lambda: opening.budget._line)
    opening.budget.give(MAX_OPENED_BYTES)

    assert await waiting == b"%PDF"


async def test_without_the_setting_there_are_no_addresses() -> None:
    answering = Answering(media=MemoryMedia(files={"bill": PDF}))
    tools = ToolAccess(signer=SIGNER, clock=FakeClock())

    assert FILES not in tools.context_of(turn_of(with_file(BILL)), answering.channel)
    assert answering.use_cases.open_file is None
