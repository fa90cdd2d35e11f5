"""An agent takes a turn, says nothing now, and answers later by an operators' request."""

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.outbound import TextPart
from support.answering import Answering
from support.messages import ANA
from support.turns import ASKS, answer_once, answer_texts, state_of

SCRIPT = {"later": AgentAnswer(text="", comes_later=True), "sizes": ASKS}


async def test_the_turn_ends_without_an_answer() -> None:
    """No apology, no retry; the next message is answered as usual."""
    answering = Answering(agent=ScriptedAgent(script=SCRIPT))

    outcomes = [await answer_texts(answering, text) for text in ("later", "hello")]

    assert outcomes == [Outcome.ANSWERED, Outcome.ANSWERED]
    assert answering.messenger.sent_texts == ["You said: hello"]
    assert answering.happened[ActivityKind.ANSWERED][0]["reason"] == "the agent answers later"
    assert answering.dead == []


async def test_the_answer_comes_by_another_request() -> None:
    """Under the id of the turn as its key. The agent reads with the next turn what it wrote."""
    answering = Answering(agent=ScriptedAgent(script=SCRIPT))
    await answer_texts(answering, "later")
    turn_id = str(answering.agent.calls[0].context["turn_id"])

    for _ in range(2):  # its first request got no answer
        await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="Done.")], key=turn_id)
    await answer_once(answering)
    await answer_texts(answering, "thanks")

    assert answering.messenger.sent_texts[0] == "Done."
    assert answering.messenger.sent_texts.count("Done.") == 1
    assert answering.agent.calls[-1].query == "[we wrote: Done.]\nthanks"


async def test_choices_that_were_offered_stay() -> None:
    """They are still the last that the person can tap."""
    answering = Answering(agent=ScriptedAgent(script=SCRIPT))
    await answer_texts(answering, "sizes")
    await answer_texts(answering, "later")

    assert [choice.title for choice in (await state_of(answering)).choices] == ["Small", "Large"]
