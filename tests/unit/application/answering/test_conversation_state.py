"""New sessions, choices and mistakes: how a turn changes the state of its conversation."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.outbound import TextPart
from support.answering import Answering
from support.events_channel import receive
from support.messages import enqueued, message
from support.turns import ASKS, answer_once, answer_texts, state_of


async def test_it_is_known_when_the_person_last_wrote() -> None:
    """The customer service window counts from it. A message that arrives late does not change it."""
    answering = Answering()
    now = answering.clock.now()

    await receive(answering, message("two", sent_at=now), message("one", sent_at=now - 60))
    await receive(answering, message("zero", sent_at=now - 120))

    assert (await state_of(answering)).heard_at == now


async def test_a_fresh_start_is_another_session() -> None:
    """Earlier choices and notes are forgotten."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: ASKS))
    await answer_texts(answering, "hello")

    assert await answer_texts(answering, "/new") is Outcome.COMMAND
    await answer_texts(answering, "2")

    assert answering.messenger.sent_texts[1] == "A new session."
    assert [call.session_id for call in answering.agent.calls] == ["15550002222", "15550002222~new1"]
    assert answering.agent.calls[-1].query == "2"


async def test_messages_after_a_fresh_start_are_answered() -> None:
    """In the same turn. Messages before it are not."""
    answering = Answering()

    assert await answer_texts(answering, "old", "/new", "question") is Outcome.ANSWERED

    (call,) = answering.agent.calls
    assert (call.query, call.session_id) == ("question", "15550002222~new1")


@pytest.mark.parametrize("typed", ["2", "large", "Large"])
async def test_a_typed_answer_counts_as_the_tap(typed: str) -> None:
    """On the choices that were offered last."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await answer_texts(answering, "size")

    await answer_texts(answering, typed)

    assert answering.agent.calls[-1].query == "Large"


async def test_neighbouring_texts_are_one_bubble() -> None:
    """Each message may cost money."""
    answer = AgentAnswer(text="One.", data={"messages": [{"text": "Two."}, {"text": "Three.", "reply_to": True}]})
    answering = Answering(agent=ScriptedAgent(script={"hello": answer}))

    await answering.accept(asked := enqueued("hello"))
    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [
        TextPart(body="One.\n\nTwo."),
        TextPart(body="Three.", reply_to=asked.message.id),
    ]


async def test_mistakes_of_an_agent_are_published() -> None:
    """The person gets the parts that are right."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: "Hi.\n```trunkline\nnot JSON\n```"))

    await answer_texts(answering, "hello")

    assert answering.messenger.sent_texts == ["Hi."]
    assert answering.happened[ActivityKind.ANSWERED][0]["reason"] == "a block is not JSON"
