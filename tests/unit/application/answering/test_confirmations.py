"""An agent asks to confirm an action: how the person gets the question, and how the agent gets the yes."""

from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.transcriber import MemoryTranscriber
from application.ports.agent import AgentAnswer
from application.ports.inbox import EnqueuedMessage
from application.ports.media import FetchedMedia
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.outcome import Outcome
from domain.messages.inbound import Content, Correction, Media, Reaction, Tap, Text
from domain.messages.outbound import ButtonsPart, TemplatePart, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.messages.shared_values import Choice, MediaKind
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import CONVERSATION, MARIA, enqueued
from support.turns import answer_once, answer_texts, notes_of, state_of

QUESTION = "Para confirmar respondé SI. Voy a ejecutar: order con boxes: *2*"
ASKS = AgentAnswer(text="Two boxes then.", confirmation=QUESTION)
NOTE = AgentNote(kind=NoteKind.COLLEAGUE_DID, text="reacted")


def asking(**more: object) -> Answering:
    """Its agent asks to confirm what `order` asks for."""
    return Answering(agent=ScriptedAgent(script={"order": ASKS}), **more)  # type: ignore[arg-type]


def sent(content: Content, **more: str) -> EnqueuedMessage:
    post = enqueued()
    return evolve(post, message=evolve(post.message, content=content, **more))


async def answered(answering: Answering, *posts: EnqueuedMessage) -> str:
    """What the agent is asked for these messages, after it asked to confirm."""
    await answer_texts(answering, "order")
    await answering.accept(*posts)
    await answer_once(answering)
    return answering.agent.calls[-1].query


def buttons(answering: Answering) -> ButtonsPart:
    (part,) = (sent.part for sent in answering.messenger.sent if isinstance(sent.part, ButtonsPart))
    return part


async def test_the_question_has_two_buttons() -> None:
    """In the person's language, after what the agent says. The question is shown as the runtime wrote it."""
    answering = asking()
    await answering.accept(enqueued("order", person=MARIA))

    await answer_once(answering)

    text, question = (sent.part for sent in answering.messenger.sent)
    assert text == TextPart(body="Two boxes then.")
    assert isinstance(question, ButtonsPart)
    assert question.body.text == QUESTION
    assert [choice.title for choice in question.choices] == ["Confirmar", "Cancelar"]


async def test_a_question_without_other_words() -> None:
    """It is an answer too."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="", confirmation=QUESTION)))

    assert await answer_texts(answering, "order") is Outcome.ANSWERED

    assert buttons(answering).body.text == QUESTION


async def test_the_question_is_never_left_out() -> None:
    """Of an answer with too many parts, others are merged."""
    places = [{"location": {"latitude": 1, "longitude": number}} for number in range(MAX_PARTS)]
    answer = evolve(ASKS, text="", data={"messages": places})
    answering = Answering(agent=ScriptedAgent(script=lambda _: answer))

    await answer_texts(answering, "order")

    assert len(answering.messenger.sent) == MAX_PARTS
    assert isinstance(answering.messenger.sent[-1].part, ButtonsPart)


async def test_a_yes_reaches_the_agent_alone() -> None:
    """Its neighbours and the notes come with the next turn."""
    answering = asking()
    await answer_texts(answering, "order")
    await answering.states.note(conversation=CONVERSATION, agent_notes=[NOTE])
    await answering.accept(enqueued("Sí, dale! 👍"), sent(Reaction(message_id="m0", emoji="👍")), enqueued("thanks"))

    await answer_once(answering)
    assert await notes_of(answering) == ("[a colleague reacted]", "[reacted with 👍 to an earlier message]")
    await answer_once(answering)

    assert [call.query for call in answering.agent.calls[1:]] == [
        "si",
        "[a colleague reacted]\n[reacted with 👍 to an earlier message]\nthanks",
    ]
    assert await notes_of(answering) == ()


async def test_a_quoted_yes() -> None:
    """The agent gets no note about what it replies to."""
    assert await answered(asking(), sent(Text(body="Yes!"), quotes="sent-2")) == "si"


async def test_the_buttons() -> None:
    """One says yes, the other no. They are no choices of the agent."""
    for index, expected in enumerate(("si", "no")):
        answering = asking()
        await answer_texts(answering, "order")
        tapped = sent(Tap(choice=buttons(answering).choices[index]), quotes="sent-2")

        await answering.accept(tapped)
        await answer_once(answering)

        call = answering.agent.calls[-1]
        assert call.query == expected
        assert "choice_ids" not in call.context


async def test_a_typed_title_or_number() -> None:
    """As with every question."""
    assert await answered(asking(), enqueued("confirm")) == "si"
    assert await answered(asking(), enqueued("1")) == "si"
    assert await answered(asking(), enqueued("cancel")) == "no"


async def test_a_tap_on_an_earlier_question() -> None:
    """It is no answer to the present one."""
    earlier = Choice(id="trunkline:confirm:1-0", title="Confirm")

    query = await answered(asking(), sent(Tap(choice=earlier), quotes="wamid.old"))

    assert query == "[in reply to an earlier message]\nConfirm"


async def test_a_spoken_yes() -> None:
    """The transcript counts. A voice note that says something else is an ordinary one."""
    words = {b"yes": "Sí.", b"other": "Sí, pero mañana."}
    for content, expected in ((b"yes", "si"), (b"other", '[sent a voice note; transcript: "Sí, pero mañana."]')):
        answering = asking(transcriber=MemoryTranscriber(words=words))
        answering.media.files = {"voice": FetchedMedia(content=content, mime_type="audio/ogg")}

        assert await answered(answering, sent(Media(kind=MediaKind.VOICE, id="voice"))) == expected


async def test_a_corrected_yes_is_none() -> None:
    """The agent reads what it was corrected to."""
    first = enqueued("sí", message_id="m1")

    query = await answered(asking(), first, sent(Correction(message_id="m1", body="wait, three")))

    assert query == "wait, three"


async def test_where_nothing_is_asked_a_yes_is_a_word() -> None:
    """It goes to the agent as it is, with the notes; so does a second yes."""
    answering = asking()
    assert await answered(answering, enqueued("sí")) == "si"
    await answering.states.note(conversation=CONVERSATION, agent_notes=[NOTE])

    await answer_texts(answering, "sí", "thanks")

    assert answering.agent.calls[-1].query == "[a colleague reacted]\nsí\nthanks"


async def test_after_somebody_else_wrote_a_yes_is_in_doubt() -> None:
    """It may be meant for them."""
    answering = asking()
    await answer_texts(answering, "order")
    note = AgentNote(kind=NoteKind.OPERATOR_WROTE, text="Are you at home?")
    await answering.states.note(conversation=CONVERSATION, agent_notes=[note])

    await answer_texts(answering, "sí")

    assert answering.agent.calls[-1].query == "[we wrote: Are you at home?]\nsí"


async def test_after_a_human_answered_nothing_is_asked() -> None:
    """What the person wrote to the human is not meant for the agent."""
    answering = asking()
    await answer_texts(answering, "order")
    await answering.states.change(conversation=CONVERSATION, human_until=answering.clock.now() + 60)

    assert await answer_texts(answering, "hello?") is Outcome.HELD

    assert not (await state_of(answering)).asks_confirmation


async def test_a_question_that_came_too_late_asks_nothing() -> None:
    """In its place the person got a template. A yes to that is not a yes to the action."""
    late = TemplatePart(name="late", language="en")
    answering = asking(late_template=late)
    answering.messenger.fail_next(SendFailure.WINDOW_CLOSED, SendFailure.WINDOW_CLOSED)  # one is for "read"

    await answer_texts(answering, "order")

    assert [sent.part for sent in answering.messenger.sent] == [late]
    assert not (await state_of(answering)).asks_confirmation


async def test_a_failed_run_is_repeated_with_the_yes() -> None:
    """The same turn, with nothing else in it."""
    answering = asking()
    await answer_texts(answering, "order")
    await answering.accept(enqueued("sí"), enqueued("thanks"))
    claim = await answering.claim()
    first = await answering.lease(claim).begin()

    again = await answering.lease(claim).begin()

    assert first == again
    assert first is not None
    assert len(first.turn.messages) == 1
