"""Files of a turn are read one after the other, and their bytes are returned to the budget."""

import asyncio
import base64

import pytest
from attrs import define, evolve, field

from adapters.memory.agent import ScriptedAgent
from adapters.memory.media import MemoryMedia
from adapters.memory.transcriber import MemoryTranscriber
from application.answering.agent_input import AgentInput
from application.answering.byte_budget import ByteBudget, Hold
from application.answering.read_files import (
    MAX_AUDIO,
    MAX_IMAGE,
    MAX_IMAGE_BYTES,
    MAX_TRANSCRIPT_CHARACTERS,
    MAX_VOICE_NOTES,
)
from application.ports.agent import AgentAnswer
from application.ports.inbox import EnqueuedMessage
from application.ports.media import FetchedMedia
from domain.conversations.outcome import Outcome
from domain.conversations.state import ConversationState
from domain.messages.inbound import InboundMessage, Media
from domain.messages.outbound import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.debounce import IMMEDIATE
from support.answering import Answering
from support.messages import enqueued, message
from support.turns import answer_once

VOICE = FetchedMedia(content=b"hum", mime_type="audio/ogg")
PHOTO = FetchedMedia(content=b"a photo", mime_type="image/jpeg")


@define(kw_only=True)
class BusyTranscriber(MemoryTranscriber):
    """Needs a moment for each audio, and counts how many it does at the same time."""

    at_once: int = 0
    most_at_once: int = 0

    async def transcribe(self, *, audio: FetchedMedia) -> str:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return await super().transcribe(audio=audio)


@define(kw_only=True)
class WatchedMedia(MemoryMedia):
    """Returns the file of each kind, and records what the budget holds at each fetch."""

    budget: ByteBudget = field(factory=ByteBudget)
    file: FetchedMedia = VOICE
    held: list[int] = field(factory=list)

    async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
        self.held.append(self.budget.held)
        self.files = {media.id: self.file}
        return await super().fetch(media=media, max_bytes=max_bytes)


def answering_with(file: FetchedMedia, *, transcriber: MemoryTranscriber | None = None) -> Answering:
    budget = ByteBudget()
    return Answering(
        agent=ScriptedAgent(supports_images=True),
        media=WatchedMedia(budget=budget, file=file),
        transcriber=transcriber,
        file_budget=budget,
    )


def sent(count: int, kind: MediaKind, mime_type: str) -> list[InboundMessage]:
    files = (Media(kind=kind, id=f"{kind}-{number}", mime_type=mime_type) for number in range(count))
    return [evolve(message(message_id=file.id), content=file) for file in files]


def voices(count: int) -> list[InboundMessage]:
    return sent(count, MediaKind.VOICE, "audio/ogg")


def images(count: int) -> list[InboundMessage]:
    return sent(count, MediaKind.IMAGE, "image/jpeg")


async def read(answering: Answering, messages: list[InboundMessage], hold: Hold) -> AgentInput:
    return await answering.read(
        messages=messages, channel=answering.channel, state=ConversationState(), agent="assistant", hold=hold
    )


def held_at_fetches(answering: Answering) -> list[int]:
    return answering.media.held if isinstance(answering.media, WatchedMedia) else []


async def test_voice_notes_are_transcribed_one_after_the_other() -> None:
    """Each is fetched when the bytes of the one before are returned."""
    transcriber = BusyTranscriber(words={b"hum": "hello"})
    answering = answering_with(VOICE, transcriber=transcriber)

    with answering.file_budget.hold() as hold:
        agent_input = await read(answering, voices(5), hold)
        assert answering.file_budget.held == 0

    assert agent_input.messages == ('[sent a voice note; transcript: "hello"]',) * 5
    assert transcriber.most_at_once == 1
    assert held_at_fetches(answering) == [MAX_AUDIO] * 5


async def test_only_the_first_voice_notes_are_transcribed() -> None:
    """The agent gets a note about the others."""
    answering = answering_with(VOICE, transcriber=MemoryTranscriber(words={b"hum": "hello"}))
    many = voices(MAX_VOICE_NOTES + 2)

    with answering.file_budget.hold() as hold:
        agent_input = await read(answering, many, hold)
        assert agent_input.messages[:-2] == ('[sent a voice note; transcript: "hello"]',) * MAX_VOICE_NOTES

    assert (
        agent_input.messages[-2:]
        == (f"[sent a voice note; it was not listened to: only the first {MAX_VOICE_NOTES} are]",) * 2
    )
    assert len(answering.media.fetched) == MAX_VOICE_NOTES


async def test_the_images_of_a_turn_have_a_common_limit() -> None:
    """Ten small images, or as many large ones as fit. The agent gets a note about the others."""
    answering = answering_with(FetchedMedia(content=b"x" * MAX_IMAGE, mime_type="image/jpeg"))
    fit = MAX_IMAGE_BYTES // MAX_IMAGE

    with answering.file_budget.hold() as hold:
        agent_input = await read(answering, images(10), hold)
        assert len(agent_input.images) == fit
        assert answering.file_budget.held == MAX_IMAGE_BYTES

    assert agent_input.messages[fit:] == ("[sent an image; it could not be opened: it is too large]",) * (10 - fit)
    assert answering.file_budget.held == 0


async def test_voice_notes_are_returned_before_images_are_waited_for() -> None:
    """A turn with both never holds one while it waits for the other. It holds only what was really fetched."""
    answering = answering_with(PHOTO, transcriber=MemoryTranscriber(words={b"a photo": "hello"}))
    mixed = [*images(1), *voices(1), *images(1)]

    with answering.file_budget.hold() as hold:
        agent_input = await read(answering, mixed, hold)
        assert len(agent_input.images) == 2
        assert answering.file_budget.held == 2 * len(PHOTO.content)

    assert held_at_fetches(answering) == [MAX_AUDIO, 2 * MAX_IMAGE, 2 * MAX_IMAGE]


async def test_images_count_until_the_agent_has_answered() -> None:
    """They are in memory so long."""
    answering = evolve(answering_with(PHOTO), agent=ScriptedAgent(supports_images=True))
    answering.agent.hold()
    await answering.accept(EnqueuedMessage(message=images(1)[0], debounce=IMMEDIATE))

    answered = asyncio.create_task(answer_once(answering))
    await answering.agent.called(1)
    assert answering.file_budget.held == len(PHOTO.content)
    answering.agent.release()

    assert await answered is Outcome.ANSWERED
    assert answering.file_budget.held == 0


async def test_files_of_an_answer_count_until_the_channel_has_them() -> None:
    """They are in memory already, so other turns wait."""
    budget, held = ByteBudget(total=100), []

    @define(kw_only=True)
    class Watched(MemoryMedia):
        async def upload(self, *, file: FilePart) -> str:
            held.append(budget.held)
            return await super().upload(file=file)

    file = {"type": "document", "data": base64.b64encode(b"x" * 300).decode(), "mime_type": "application/pdf"}
    agent = ScriptedAgent(script=lambda _: AgentAnswer(text="", data={"messages": [file]}))
    answering = Answering(agent=agent, media=Watched(), file_budget=budget)
    await answering.accept(enqueued("my bill?"))

    await answer_once(answering)

    assert held == [300]
    assert budget.held == 0


@pytest.mark.parametrize("trouble", ["no answer", ""])
async def test_a_file_that_cannot_be_fetched_holds_nothing(trouble: str) -> None:
    """Neither while the next one is read, nor afterwards."""
    answering = answering_with(VOICE, transcriber=MemoryTranscriber(words={b"hum": "hello"}))
    answering.media.fail_next(trouble)

    with answering.file_budget.hold() as hold:
        await read(answering, voices(2), hold)

    assert held_at_fetches(answering) == [MAX_AUDIO, MAX_AUDIO]
    assert answering.file_budget.held == 0


@pytest.mark.parametrize("extra", [0, 1, 100_000])
async def test_a_transcript_has_a_maximum_length(extra: int) -> None:
    """Hours of speech are too much for an agent. The agent reads that the rest is left out, also in a retry."""
    transcript = "hello " * (MAX_TRANSCRIPT_CHARACTERS // 6) + "x" * extra
    answering = answering_with(VOICE, transcriber=MemoryTranscriber(words={b"hum": transcript}))

    queries = []
    for _ in range(2):
        with answering.file_budget.hold() as hold:
            queries.append((await read(answering, voices(1), hold)).query)

    assert queries[0] == queries[1]
    assert len(queries[0]) < MAX_TRANSCRIPT_CHARACTERS + 100
    assert queries[0].endswith('…"; the rest is left out, it is too long]' if extra else 'hello"]')
