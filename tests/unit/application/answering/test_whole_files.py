"""An agent that supports files gets all files of a turn whole, or learns why not."""

from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.media import MemoryMedia
from adapters.memory.transcriber import MemoryTranscriber
from application.answering.byte_budget import MEGABYTE, ByteBudget
from application.answering.read_files import COPIES, MAX_FILES, MAX_FILES_BYTES
from application.ports.agent import AgentFile
from application.ports.inbox import EnqueuedMessage
from application.ports.media import FetchedMedia
from domain.conversations.outcome import Outcome
from domain.messages.inbound import InboundMessage, Media
from domain.messages.shared_values import MediaKind
from domain.policies.debounce import IMMEDIATE
from support.answering import Answering
from support.messages import message
from support.turns import answer_once

PDF = FetchedMedia(content=b"%PDF", mime_type="application/pdf")
VOICE = FetchedMedia(content=b"hum", mime_type="audio/ogg")


def answering_with(**files: FetchedMedia) -> Answering:
    return Answering(
        agent=ScriptedAgent(supports_files=True),
        media=MemoryMedia(files=files),
        transcriber=MemoryTranscriber(words={b"hum": "two teas"}),
    )


def with_file(file_id: str, kind: MediaKind = MediaKind.DOCUMENT, **fields: str) -> InboundMessage:
    media = Media(kind=kind, id=file_id, mime_type="application/octet-stream", **fields)
    return evolve(message(message_id=f"m-{file_id}"), content=media)


async def files_of(answering: Answering, *messages: InboundMessage) -> tuple[AgentFile, ...]:
    await answering.accept(*(EnqueuedMessage(message=each, debounce=IMMEDIATE) for each in messages))
    assert await answer_once(answering) is Outcome.ANSWERED
    (call,) = answering.agent.calls
    return call.files


async def test_a_document_comes_whole() -> None:
    """With its name, and the type that the channel says."""
    answering = answering_with(bill=PDF)

    (file,) = await files_of(answering, message("my bill"), with_file("bill", filename="bill.pdf"))

    assert file == AgentFile(
        message_id="m-bill",
        kind=MediaKind.DOCUMENT,
        mime_type="application/pdf",
        name="bill.pdf",
        content=b"%PDF",
    )
    assert "cannot be looked at" not in answering.agent.calls[0].query


async def test_a_voice_note_comes_with_its_transcript() -> None:
    answering = answering_with(voice=VOICE)

    (file,) = await files_of(answering, with_file("voice", MediaKind.VOICE))

    assert file.content == b"hum"
    assert "two teas" in answering.agent.calls[0].query


async def test_what_cannot_be_given_is_named() -> None:
    """A file that is gone, one that the channel does not give out, one that is too large beside the others."""
    large = FetchedMedia(content=b"x" * (MAX_FILES_BYTES - 1), mime_type="video/mp4")
    answering = answering_with(video=large, bill=PDF)
    troubled = with_file("lost", trouble="it is too old")

    files = await files_of(answering, with_file("gone"), troubled, with_file("video"), with_file("bill"))

    assert [(file.message_id, bool(file.content)) for file in files] == [
        ("m-gone", False),
        ("m-lost", False),
        ("m-video", True),
        ("m-bill", False),
    ]
    assert [file.unavailable for file in files] == [
        "it could not be opened: it is gone",
        "it is too old",
        "",
        "it could not be opened: it is too large",
    ]
    assert "it could not be opened: it is gone" in answering.agent.calls[0].query


async def test_a_limited_number_of_files() -> None:
    answering = answering_with(**{f"bill{number}": PDF for number in range(MAX_FILES + 1)})

    files = await files_of(answering, *(with_file(f"bill{number}") for number in range(MAX_FILES + 1)))

    assert [bool(file.content) for file in files] == [True] * MAX_FILES + [False]
    assert files[-1].unavailable == f"only the first {MAX_FILES} files are here"


async def test_copies_are_counted_while_the_agent_runs() -> None:
    """Those of the smallest budget that can be configured, too. Afterwards nothing is held."""
    smallest = ByteBudget(total=20 * MEGABYTE)
    answering = evolve(answering_with(bill=PDF), file_budget=smallest)
    held: list[int] = []

    def look(_: str) -> str:
        held.append(smallest.held)
        return "Thanks."

    await files_of(evolve(answering, agent=ScriptedAgent(supports_files=True, script=look)), with_file("bill"))

    assert held == [len(PDF.content) * COPIES]
    assert smallest.held == 0


async def test_an_agent_that_supports_no_files_gets_none() -> None:
    """Nothing is fetched for it."""
    answering = evolve(answering_with(bill=PDF), agent=ScriptedAgent())

    assert await files_of(answering, with_file("bill")) == ()
    assert answering.media.fetched == []
