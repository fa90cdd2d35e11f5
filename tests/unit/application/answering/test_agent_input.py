"""The text and the images that an agent gets for the messages of a person."""

import hashlib

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.transcriber import MemoryTranscriber
from application.answering.agent_input import AgentInput
from application.answering.read_files import MAX_IMAGE, MAX_IMAGES
from application.ports.media import FetchedMedia
from application.ports.message_log import Remembered
from domain.conversations.agent_notes import AgentNote
from domain.conversations.state import ConversationState
from domain.messages.inbound import Content, InboundMessage, Media, Reaction, Tap, Text, Unsupported, UserAction
from domain.messages.shared_values import Choice, MediaKind
from support.answering import Answering
from support.messages import message

PHOTO = FetchedMedia(content=b"a photo", mime_type="image/jpeg")
VOICE = FetchedMedia(content=b"hum", mime_type="audio/ogg")
SIZES = ConversationState(choices=(Choice(id="s", title="Small"), Choice(id="l", title="Large")))


def message_with(content: Content, message_id: str = "m1", **more: str) -> InboundMessage:
    return evolve(message(message_id=message_id), content=content, **more)


def image(**more: str) -> Media:
    return Media(kind=MediaKind.IMAGE, id="photo", mime_type="image/jpeg", **more)


async def read(
    answering: Answering,
    *messages: InboundMessage,
    state: ConversationState | None = None,
) -> AgentInput:
    with answering.file_budget.hold() as hold:
        agent_input = await answering.read(
            messages=messages,
            channel=answering.channel,
            state=state or ConversationState(),
            agent="assistant",
            hold=hold,
        )
    await answering.log.remember(messages=agent_input.words)
    return evolve(agent_input, words=())


def answering_with(*files: tuple[str, FetchedMedia], transcriber: MemoryTranscriber | None = None) -> Answering:
    answering = Answering(transcriber=transcriber, agent=ScriptedAgent(supports_images=True))
    answering.media.files = dict(files)
    return answering


async def test_an_agent_that_supports_images_gets_them() -> None:
    """In order, with their captions as text. An album is one turn."""
    answering = answering_with(("photo", PHOTO))

    agent_input = await read(answering, message_with(image(caption="my roof")), message_with(image(), "m2"))

    assert agent_input == AgentInput(messages=("[sent an image]\nmy roof", "[sent an image]"), images=(PHOTO, PHOTO))


async def test_an_agent_without_image_support_gets_a_note() -> None:
    """No image is fetched for it."""
    answering = evolve(answering_with(("photo", PHOTO)), agent=ScriptedAgent())

    agent_input = await read(answering, message_with(image()))

    assert agent_input == AgentInput(messages=("[sent an image; it cannot be looked at here]",))
    assert answering.media.fetched == []


async def test_a_file_without_an_id_becomes_a_note() -> None:
    """With its caption. The channel is not asked for it."""
    answering = answering_with(("photo", PHOTO))
    lost = Media(
        kind=MediaKind.IMAGE, id="photo", mime_type="image/jpeg", caption="my roof", trouble="131052 not uploaded"
    )

    agent_input = await read(answering, message_with(lost))

    assert agent_input == AgentInput(
        messages=("[sent an image; it could not be opened: 131052 not uploaded]\nmy roof",)
    )
    assert answering.media.fetched == []


async def test_a_file_that_cannot_be_fetched_becomes_a_note() -> None:
    """With the reason. The rest of the turn goes on."""
    answering = answering_with(
        ("large", FetchedMedia(content=b"x" * (MAX_IMAGE + 1), mime_type="image/jpeg")), ("photo", PHOTO)
    )
    answering.media.fail_next("no answer")
    forged = image(digest=hashlib.sha256(b"another").hexdigest())

    agent_input = await read(
        answering,
        message_with(image(), "m0"),
        message_with(evolve(image(), id="large")),
        message_with(forged, "m2"),
        message_with(Text(body="?"), "m3"),
    )

    troubled, large, other, asked = agent_input.query.split("\n")
    assert "could not be opened: no answer" in troubled
    assert "too large" in large
    assert "could not be opened" in other
    assert (asked, agent_input.images) == ("?", ())


async def test_a_voice_note_is_transcribed() -> None:
    """The text says that it is a transcript."""
    answering = answering_with(("voice", VOICE), transcriber=MemoryTranscriber(words={b"hum": "Is it open?"}))

    agent_input = await read(answering, message_with(Media(kind=MediaKind.VOICE, id="voice")))

    assert agent_input.query == '[sent a voice note; transcript: "Is it open?"]'


@pytest.mark.parametrize(
    ("transcriber", "expected"),
    [
        (None, "it cannot be listened to here"),
        (MemoryTranscriber(), "it could not be transcribed"),
        (MemoryTranscriber(words={b"hum": " "}), "nothing was said in it"),
    ],
)
async def test_a_voice_note_without_a_transcript_becomes_a_note(
    transcriber: MemoryTranscriber | None, expected: str
) -> None:
    """The agent can ask the person to write."""
    answering = answering_with(("voice", VOICE), transcriber=transcriber)

    assert expected in (await read(answering, message_with(Media(kind=MediaKind.VOICE, id="voice")))).query


async def test_a_reply_comes_with_the_quoted_text() -> None:
    """From the message log: texts of the person and texts of ours."""
    answering = Answering()
    ours = Remembered(channel="whatsapp", message_id="out", text="Blue or red?")
    await answering.log.remember(messages=[ours])
    await read(answering, message("I like it", message_id="m0"))

    agent_input = await read(
        answering,
        message_with(Text(body="blue"), quotes="out"),
        message_with(Reaction(message_id="m0", emoji="👍"), "m2"),
    )

    assert agent_input.query == '[in reply to: "Blue or red?"]\nblue\n[reacted with 👍 to "I like it"]'


async def test_the_channels_own_quote_comes_first() -> None:
    """It may be a part of the message that we remember, or of a message that we do not know."""
    answering = Answering()
    ours = Remembered(channel="whatsapp", message_id="out", text="Blue or red?")
    await answering.log.remember(messages=[ours])

    part = await read(answering, message_with(Text(body="this"), quotes="out", quoted_text="red"))
    elsewhere = await read(answering, message_with(Text(body="this"), quoted_text="green"))
    chosen = await read(answering, message_with(Text(body="2"), quotes="out", quoted_text="Which size?"), state=SIZES)

    assert part.query == '[in reply to: "red"]\nthis'
    assert elsewhere.query == '[in reply to: "green"]\nthis'
    assert chosen.query == "Large"


async def test_earlier_notes_come_first() -> None:
    """They waited for a message."""
    state = ConversationState(agent_notes=(AgentNote(text="[took back an earlier message]"),))

    assert (await read(Answering(), message("hi"), state=state)).query == "[took back an earlier message]\nhi"


async def test_a_typed_number_is_the_choice() -> None:
    """For people who cannot tap buttons, or do not."""
    assert (await read(Answering(), message("2"), state=SIZES)).query == "Large"


async def test_a_number_among_other_messages_is_a_number() -> None:
    """It is a choice only when it is the only text of the turn. A reaction beside it does not count."""
    among = await read(Answering(), message("I would like"), message("2"), message("pizzas"), state=SIZES)
    thumb = message_with(Reaction(message_id="m0", emoji="👍"), "m2")
    besides = await read(Answering(), message("2"), thumb, state=SIZES)

    assert among.query == "I would like\n2\npizzas"
    assert besides.messages[0] == "Large"


async def test_a_tap_on_an_earlier_question_comes_with_it() -> None:
    """The agent may have asked another question since."""
    answering = Answering()
    asked = Remembered(channel="whatsapp", message_id="out", text="Which colour?")
    await answering.log.remember(messages=[asked])
    red, large = (Tap(choice=Choice(id=title[0], title=title)) for title in ("Red", "large"))

    late = await read(answering, message_with(red, quotes="out"), state=SIZES)
    forgotten = await read(answering, message_with(red, quotes="long ago"), state=SIZES)
    latest = await read(answering, message_with(Tap(choice=SIZES.choices[1]), quotes="out"), state=SIZES)
    other = await read(answering, message_with(large, quotes="out"), state=SIZES)

    assert late.query == '[in reply to: "Which colour?"]\nRed'
    assert forgotten.query == "[in reply to an earlier message]\nRed"
    assert latest.query == "Large"
    assert other.query == '[in reply to: "Which colour?"]\nlarge'


async def test_the_chosen_choice_is_known() -> None:
    """Tapped or typed."""
    red = Choice(id="r", title="Red")

    assert (await read(Answering(), message_with(Tap(choice=red)), state=SIZES)).choices == (red,)
    assert (await read(Answering(), message("1"), state=SIZES)).choices == SIZES.choices[:1]


async def test_a_tap_may_come_with_the_short_form_of_its_id() -> None:
    """The channel cannot carry the whole id, and the agent gets it."""
    small = SIZES.choices[0]
    short = Choice(id=small.short_id, title=small.title)
    other = Choice(id=small.short_id, title="Something else")

    assert (await read(Answering(), message_with(Tap(choice=short)), state=SIZES)).choices == (small,)
    assert (await read(Answering(), message_with(Tap(choice=other)), state=SIZES)).choices == (other,)


async def test_an_agent_gets_a_limited_number_of_images() -> None:
    """It gets a note about the others, which are not fetched."""
    answering = answering_with(("photo", PHOTO))

    agent_input = await read(answering, *(message_with(image(), f"m{number}") for number in range(MAX_IMAGES + 2)))

    assert agent_input.images == (PHOTO,) * MAX_IMAGES == (PHOTO,) * len(answering.media.fetched)
    assert agent_input.messages[-3:] == (
        "[sent an image]",
        *["[sent an image; it is not shown to you: only the first 10 are]"] * 2,
    )


async def test_a_voice_note_is_transcribed_once() -> None:
    """Also when the turn is retried, because each transcription costs."""
    transcriber = MemoryTranscriber(words={b"hum": "Is it open?"})
    answering = answering_with(("voice", VOICE), transcriber=transcriber)
    note = message_with(Media(kind=MediaKind.VOICE, id="voice"))
    first = await read(answering, note)
    transcriber.words.clear()

    assert await read(answering, note) == first
    assert len(answering.media.fetched) == 1


async def test_the_agent_reads_how_many_notes_are_missing() -> None:
    """There were too many notes to keep."""
    state = ConversationState(agent_notes=(AgentNote(text="hello?"),), left_out=7)

    query = (await read(Answering(), message("hi"), state=state)).query

    assert query == "[7 earlier messages are left out]\nhello?\nhi"


@pytest.mark.parametrize(
    ("content", "readable"),
    [
        (Text(body=" "), False),
        (Unsupported(kind="poll"), False),
        (Text(body="hi"), True),
        (UserAction(description="opened the chat"), True),
    ],
)
async def test_a_turn_without_a_question_is_marked(content: Content, *, readable: bool) -> None:
    """The person gets a fixed text, or none."""
    assert (await read(Answering(), message_with(content))).is_readable is readable
