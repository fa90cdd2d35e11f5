"""What an agent is given of what a person sent."""

import hashlib

import pytest
from attrs import evolve

from adapters.memory.transcriber import MemoryTranscriber
from application.ports.media import FetchedMedia
from application.ports.message_log import Remembered
from application.read_turn import LARGEST_IMAGE, Reading, ReadTurn
from domain.contents import Choice, MediaKind
from domain.messages import Content, InboundMessage, Media, Reaction, Text, Unsupported
from domain.standing import Standing
from support.answering import Answering
from support.messages import message

PHOTO = FetchedMedia(content=b"a photo", mime_type="image/jpeg")
VOICE = FetchedMedia(content=b"hum", mime_type="audio/ogg")


def said(content: Content, message_id: str = "m1", **more: str) -> InboundMessage:
    return evolve(message(message_id=message_id), content=content, **more)


def image(**more: str) -> Media:
    return Media(kind=MediaKind.IMAGE, id="photo", mime_type="image/jpeg", **more)


async def read(
    answering: Answering, *messages: InboundMessage, standing: Standing | None = None, sees: bool = True
) -> Reading:
    reading = ReadTurn(log=answering.log, transcriber=answering.transcriber)
    return await reading(messages=messages, channel=answering.channel, standing=standing or Standing(), sees=sees)


def answering_with(*files: tuple[str, FetchedMedia], transcriber: MemoryTranscriber | None = None) -> Answering:
    answering = Answering(transcriber=transcriber)
    answering.media.files = dict(files)
    return answering


async def test_images_reach_an_agent_that_sees() -> None:
    """In their order, with their captions as words; an album is one turn."""
    answering = answering_with(("photo", PHOTO))

    reading = await read(answering, said(image(caption="my roof")), said(image(), "m2"))

    assert reading == Reading(query="[sent an image]\nmy roof\n[sent an image]", images=(PHOTO, PHOTO))


async def test_an_agent_that_does_not_see_is_told() -> None:
    """And nothing is fetched for nothing."""
    answering = answering_with(("photo", PHOTO))

    reading = await read(answering, said(image()), sees=False)

    assert reading == Reading(query="[sent an image; it cannot be looked at here]")
    assert answering.media.fetched == []


async def test_what_cannot_be_fetched_is_told() -> None:
    """Why, and the rest of the turn goes on."""
    answering = answering_with(
        ("large", FetchedMedia(content=b"x" * (LARGEST_IMAGE + 1), mime_type="image/jpeg")), ("photo", PHOTO)
    )
    answering.media.fail_next("no answer")
    forged = image(digest=hashlib.sha256(b"another").hexdigest())

    reading = await read(
        answering,
        said(image(), "m0"),
        said(evolve(image(), id="large")),
        said(forged, "m2"),
        said(Text(body="?"), "m3"),
    )

    troubled, large, other, asked = reading.query.split("\n")
    assert "could not be opened: no answer" in troubled
    assert "too large" in large
    assert "could not be opened" in other
    assert (asked, reading.images) == ("?", ())


async def test_a_voice_note_is_written_down() -> None:
    """And called a transcript."""
    answering = answering_with(("voice", VOICE), transcriber=MemoryTranscriber(words={b"hum": "Is it open?"}))

    reading = await read(answering, said(Media(kind=MediaKind.VOICE, id="voice")))

    assert reading.query == '[sent a voice note; transcript: "Is it open?"]'


@pytest.mark.parametrize(
    ("transcriber", "told"),
    [
        (None, "it cannot be listened to here"),
        (MemoryTranscriber(), "nobody could write down what it says"),
        (MemoryTranscriber(words={b"hum": " "}), "nothing was said in it"),
    ],
)
async def test_a_voice_note_that_nobody_understands_is_told_of(
    transcriber: MemoryTranscriber | None, told: str
) -> None:
    """The agent can ask for it in writing."""
    answering = answering_with(("voice", VOICE), transcriber=transcriber)

    assert told in (await read(answering, said(Media(kind=MediaKind.VOICE, id="voice")))).query


async def test_a_reply_comes_with_what_it_replies_to() -> None:
    """From our own memory: of what we said, and of what the person said."""
    answering = Answering()
    ours = Remembered(channel="whatsapp", message_id="out", words="Blue or red?")
    await answering.log.remember(messages=[ours])
    await read(answering, message("I like it", message_id="m0"))

    reading = await read(
        answering, said(Text(body="blue"), quotes="out"), said(Reaction(message_id="m0", emoji="👍"), "m2")
    )

    assert reading.query == '[in reply to: "Blue or red?"]\nblue\n[reacted with 👍 to "I like it"]'


async def test_remarks_made_before_come_first() -> None:
    """They waited for a message."""
    standing = Standing(remarks=("[took back an earlier message]",))

    assert (await read(Answering(), message("hi"), standing=standing)).query == "[took back an earlier message]\nhi"


async def test_a_typed_number_is_the_choice() -> None:
    """Where buttons cannot be shown, or are not tapped."""
    standing = Standing(choices=(Choice(id="s", title="Small"), Choice(id="l", title="Large")))

    assert (await read(Answering(), message("2"), standing=standing)).query == "Large"


@pytest.mark.parametrize(
    ("content", "readable"), [(Text(body=" "), False), (Unsupported(kind="poll"), False), (Text(body="hi"), True)]
)
async def test_where_there_is_nothing_to_answer_it_says_so(content: Content, *, readable: bool) -> None:
    """The person gets a word on it instead."""
    assert (await read(Answering(), said(content))).readable is readable
