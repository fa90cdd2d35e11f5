"""Reactions, edits and deletions: the agent reads them with the next message."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from domain.conversations.outcome import Outcome
from domain.messages.inbound import Correction, Reaction, Retraction
from domain.messages.outbound import ButtonsPart, Part, TemplatePart, TextPart
from domain.messages.shared_values import Choice
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import ANA, enqueued
from support.turns import ASKS, answer_once, answer_texts, notes_of


async def test_an_annotation_alone_becomes_a_note() -> None:
    """A thumbs-up needs no answer. The agent reads it with the next message."""
    answering = Answering()
    await answer_texts(answering, "hello")
    thumb = enqueued()
    await answering.accept(
        evolve(thumb, message=evolve(thumb.message, content=Reaction(message_id="sent-1", emoji="👍")))
    )

    assert await answer_once(answering) is Outcome.NOTED
    await answer_texts(answering, "bye")

    assert len(answering.messenger.sent) == 2
    assert answering.agent.calls[-1].query == '[reacted with 👍 to "You said: hello"]\nbye'


async def test_an_edit_within_a_turn_replaces_the_text() -> None:
    """The agent reads only the edited text."""
    answering = Answering()
    first = enqueued("at for")
    fixed = enqueued()
    await answering.accept(first)
    await answering.accept(
        evolve(fixed, message=evolve(fixed.message, content=Correction(message_id=first.message.id, body="at four")))
    )

    assert await answer_once(answering) is Outcome.ANSWERED
    assert answering.agent.calls[0].query == "at four"


async def test_a_message_deleted_before_it_was_read_is_not_answered() -> None:
    """It is not called unreadable either. A reaction beside it asks nothing."""
    answering = Answering()
    for agent_notes in ([], [Reaction(message_id="sent-1", emoji="👍")]):
        first = enqueued("my password is 1234")
        others = [enqueued() for _ in range(1 + len(agent_notes))]
        contents = [Retraction(message_id=first.message.id), *agent_notes]
        await answering.accept(first)
        for other, content in zip(others, contents, strict=True):
            await answering.accept(evolve(other, message=evolve(other.message, content=content)))

        assert await answer_once(answering) is Outcome.NOTED

    assert answering.messenger.sent == []
    assert answering.agent.calls == []
    assert await notes_of(answering) == ("[reacted with 👍 to an earlier message]",)


@pytest.mark.parametrize("body", ["", " \n", "\u200b\u2060", "\u3164\ufe0f\u2800", "\u2065\U000e0001"])
async def test_an_invisible_text_is_not_answered(body: str) -> None:
    """Neither by the agent nor with an apology. Beside other text it is left out."""
    answering = Answering()
    await answering.accept(enqueued(body))

    assert await answer_once(answering) is Outcome.NOTED
    assert (answering.agent.calls, answering.messenger.sent) == ([], [])

    await answering.accept(enqueued(body))
    await answer_texts(answering, "hello")
    assert [call.query for call in answering.agent.calls] == ["hello"]


async def write(answering: Answering, *parts: Part) -> None:
    """Send an operator's message to the person."""
    await answering.initiate(channel="whatsapp", to=ANA, parts=parts, key=str(len(answering.messenger.sent)))
    assert await answer_once(answering) is Outcome.INITIATED


async def test_the_agent_reads_what_operators_wrote() -> None:
    """Otherwise it would not know what a "yes" answers. Templates count too."""
    answering = Answering()
    await write(answering, TextPart(body="It costs 5 EUR extra."), TextPart(body="OK?"))
    await write(answering, TemplatePart(name="reminder", language="en", parameters=("[Friday]",)))

    await answer_texts(answering, "yes")

    assert answering.agent.calls[0].query == (
        "[we wrote: It costs 5 EUR extra. OK?]\n[we wrote: \\[template reminder\\] \\[Friday\\]]\nyes"
    )


async def test_the_agent_does_not_read_what_was_not_sent() -> None:
    """The person has not got it."""
    answering = Answering()
    answering.messenger.fail_next(SendFailure.FINAL)
    await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="OK?")], key="1")

    await answer_once(answering)

    assert await notes_of(answering) == ()


async def test_an_operators_message_replaces_the_choices() -> None:
    """Its choices count. Without choices, a number is a number."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await answer_texts(answering, "size")
    await write(
        answering, ButtonsPart(body="When?", choices=tuple(Choice(id=day, title=day) for day in ("Mon", "Tue")))
    )
    await answer_texts(answering, "2")
    await write(answering, TextPart(body="How many?"))
    await answer_texts(answering, "2")

    assert [call.query.splitlines()[-1] for call in answering.agent.calls] == ["size", "Tue", "2"]
