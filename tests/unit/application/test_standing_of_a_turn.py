"""Humans, commands, remarks and choices: what a turn does to a conversation, and the conversation to a turn."""

import asyncio

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.outcome import Outcome
from application.ports.agent import AgentAnswer
from domain.activity import ActivityKind
from domain.commands import Commands
from domain.contents import Choice
from domain.conversations import Conversation
from domain.failures import SendFailure
from domain.messages import Correction, Reaction, Retraction
from domain.parts import ButtonsPart, Part, TemplatePart, TextPart
from domain.standing import MOST_REMARKS, UNTIL_TOLD, Standing
from support.answering import Answering
from support.hearing import receive
from support.messages import ANA, message, post
from support.turns import answer_once

CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))
ASKS = '```trunkline\n{"text": "Which?", "buttons": ["Small", "Large"]}\n```'


async def standing_of(answering: Answering) -> Standing:
    return await answering.standings.of(conversation=CONVERSATION)


async def say(answering: Answering, *texts: str) -> Outcome:
    """One turn of these messages, answered."""
    await answering.accept(*(post(text) for text in texts))
    return await answer_once(answering)


async def test_it_is_known_when_the_person_last_wrote() -> None:
    """For the window in which free texts may be sent, as soon as it is heard; whatever comes late changes nothing."""
    answering = Answering()
    now = answering.clock.now()

    await receive(answering, message("two", sent_at=now), message("one", sent_at=now - 60))
    await receive(answering, message("zero", sent_at=now - 120))

    assert (await standing_of(answering)).heard_at == now


async def test_while_a_human_answers_the_agent_is_silent_and_hears_of_it_later() -> None:
    """The record is kept, and comes with the next message the agent gets."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")

    assert await say(answering, "are you there?") is Outcome.HELD
    await answering.take_over.end(conversation=CONVERSATION)
    assert await say(answering, "thank you") is Outcome.ANSWERED

    assert [call.query for call in answering.agent.calls] == ["are you there?\nthank you"]
    assert len(answering.messenger.sent) == 1
    assert await say(answering, "bye") is Outcome.ANSWERED
    assert answering.agent.calls[-1].query == "bye"


async def test_the_agent_comes_back_after_a_time() -> None:
    """Nobody need remember it."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="somebody wrote")
    answering.clock.advance(60)

    assert await say(answering, "hello") is Outcome.ANSWERED


async def test_a_keyword_asks_for_a_human() -> None:
    """The person is told, and the agent says nothing until the human has done."""
    answering = Answering(commands=Commands(human=("agent",)))

    assert await say(answering, "Agent") is Outcome.COMMAND
    assert await say(answering, "hello?") is Outcome.HELD

    assert answering.messenger.said == ["Somebody will answer."]
    assert answering.agent.calls == []


async def test_the_agent_itself_hands_over() -> None:
    """With its own words, which the take-over does not hold back."""
    said = 'One moment.\n```trunkline\n{"hand_over": "a refund"}\n```'
    answering = Answering(agent=ScriptedAgent(script=lambda _: said))

    assert await say(answering, "my money!") is Outcome.ANSWERED
    assert await say(answering, "hello?") is Outcome.HELD

    assert answering.messenger.said == ["One moment."]


async def test_an_answer_under_way_is_held_when_a_human_takes_over() -> None:
    """While the agent was at it, somebody wrote by hand."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(post("hello"))
    claim = await answering.claim()

    async def take_over() -> None:
        await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="somebody wrote")

    answering.mailbox.before["save_reply"] = take_over
    answering.agent.release()
    outcome = await answering.answer(claim=claim, holds=lambda: True)

    assert outcome is Outcome.HELD
    assert answering.messenger.sent == []
    assert answering.happened[ActivityKind.HELD][0]["reason"] == "a human has taken over"


async def test_a_fresh_start_is_another_session() -> None:
    """What was offered and remarked before is forgotten."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: ASKS))
    await say(answering, "hello")

    assert await say(answering, "/new") is Outcome.COMMAND
    await say(answering, "2")

    assert answering.messenger.said[1] == "A fresh start."
    assert [call.session_id for call in answering.agent.calls] == ["15550002222", "15550002222~1"]
    assert answering.agent.calls[-1].query == "2"


async def test_what_follows_a_fresh_start_is_answered_in_it() -> None:
    """In the same turn; what came before it is not."""
    answering = Answering()

    assert await say(answering, "old", "/new", "question") is Outcome.ANSWERED

    (call,) = answering.agent.calls
    assert (call.query, call.session_id) == ("question", "15550002222~1")


async def test_a_remark_alone_is_noted() -> None:
    """Nobody wants an answer to a thumbs-up; the agent learns of it with the next message."""
    answering = Answering()
    await say(answering, "hello")
    thumb = post()
    await answering.accept(
        evolve(thumb, message=evolve(thumb.message, content=Reaction(message_id="sent-1", emoji="👍")))
    )

    assert await answer_once(answering) is Outcome.NOTED
    await say(answering, "bye")

    assert len(answering.messenger.sent) == 2
    assert answering.agent.calls[-1].query == '[reacted with 👍 to "You said: hello"]\nbye'


@pytest.mark.parametrize("typed", ["2", "large", "Large"])
async def test_a_typed_answer_counts_as_the_tap(typed: str) -> None:
    """Of what was offered last."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await say(answering, "size")

    await say(answering, typed)

    assert answering.agent.calls[-1].query == "Large"


async def test_neighbouring_texts_are_one_bubble() -> None:
    """Each message may cost."""
    answer = AgentAnswer(text="One.", data={"messages": [{"text": "Two."}, {"text": "Three.", "reply_to": True}]})
    answering = Answering(agent=ScriptedAgent(script={"hello": answer}))

    await answering.accept(asked := post("hello"))
    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [
        TextPart(body="One.\n\nTwo."),
        TextPart(body="Three.", reply_to=asked.message.id),
    ]


async def test_what_an_agent_gets_wrong_is_told_to_the_operator() -> None:
    """The person gets what is right of it."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: "Hi.\n```trunkline\nnot JSON\n```"))

    await say(answering, "hello")

    assert answering.messenger.said == ["Hi."]
    assert answering.happened[ActivityKind.ANSWERED][0]["reason"] == "a block is not JSON"


async def test_text_of_the_turn_is_not_lost_by_a_correction() -> None:
    """What is corrected before anybody read it is read as corrected."""
    answering = Answering()
    first = post("at for")
    fixed = post()
    await answering.accept(first)
    await answering.accept(
        evolve(fixed, message=evolve(fixed.message, content=Correction(message_id=first.message.id, body="at four")))
    )

    assert await answer_once(answering) is Outcome.ANSWERED
    assert answering.agent.calls[0].query == "at four"


async def test_what_was_taken_back_before_anybody_read_it_is_not_answered() -> None:
    """Nor called unreadable; with a reaction besides, nothing was asked either."""
    answering = Answering()
    for remarks in ([], [Reaction(message_id="sent-1", emoji="👍")]):
        first = post("my password is 1234")
        others = [post() for _ in range(1 + len(remarks))]
        contents = [Retraction(message_id=first.message.id), *remarks]
        await answering.accept(first)
        for other, content in zip(others, contents, strict=True):
            await answering.accept(evolve(other, message=evolve(other.message, content=content)))

        assert await answer_once(answering) is Outcome.NOTED

    assert answering.messenger.sent == []
    assert answering.agent.calls == []
    assert (await standing_of(answering)).remarks == ("[reacted with 👍 to an earlier message]",)


async def test_what_a_colleague_writes_while_the_agent_runs_is_heard_later() -> None:
    """The agent cannot know it yet; nor does a shorter takeover of its own cut the colleague's short."""
    said = 'One moment.\n```trunkline\n{"hand_over": "a refund"}\n```'
    answering = Answering(agent=ScriptedAgent(script=lambda _: said))
    await answering.standings.note(conversation=CONVERSATION, remarks=["[took back an earlier message]"])
    answering.agent.hold()
    await answering.accept(post("my money!"))
    answer = asyncio.create_task(answer_once(answering))
    await answering.agent.called(1)

    await answering.take_over.begin(
        conversation=CONVERSATION, seconds=None, said="[a colleague wrote: I see to it.]", why="by hand"
    )
    answering.agent.release()
    await answer

    standing = await standing_of(answering)
    assert standing.remarks == ("[a colleague wrote: I see to it.]",)
    assert standing.human_until == UNTIL_TOLD


async def test_a_shorter_takeover_does_not_end_a_longer_one() -> None:
    """An operator took over until told; a colleague writes in the app besides."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")

    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="by hand")

    assert (await standing_of(answering)).human_until == UNTIL_TOLD
    assert [told["until"] for told in answering.happened[ActivityKind.HUMAN]] == ["told", "told"]


async def test_what_was_said_besides_the_word_for_a_human_is_kept() -> None:
    """For the agent, when it answers again."""
    answering = Answering(commands=Commands(human=("agent",)))

    assert await say(answering, "my order 4711 is broken", "agent") is Outcome.COMMAND
    await answering.take_over.end(conversation=CONVERSATION)
    await say(answering, "thank you")

    assert answering.agent.calls[0].query == "my order 4711 is broken\nthank you"


async def test_a_message_of_many_lines_is_one_of_those_kept() -> None:
    """While a human answers, whole messages are kept, the latest of them."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")
    long = "\n".join(f"line {number}" for number in range(2 * MOST_REMARKS))

    await say(answering, long)
    await say(answering, "hello?")

    assert (await standing_of(answering)).remarks == (long, "hello?")


async def test_who_takes_over_asks_something_else() -> None:
    """A number then means nothing of what the agent had offered."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await say(answering, "size")
    await answering.take_over.begin(
        conversation=CONVERSATION, seconds=60, said="[a colleague wrote: How many?]", why=""
    )

    await say(answering, "2")

    assert (await standing_of(answering)).remarks == ("[a colleague wrote: How many?]", "2")


async def write(answering: Answering, *parts: Part) -> None:
    """An operator's message, and its way to the person."""
    await answering.initiate(channel="whatsapp", to=ANA, parts=parts, key=str(len(answering.messenger.sent)))
    assert await answer_once(answering) is Outcome.INITIATED


async def test_the_agent_hears_what_we_wrote_besides() -> None:
    """Or it would not know what a yes is said to; templates count as well."""
    answering = Answering()
    await write(answering, TextPart(body="It costs 5 EUR extra."), TextPart(body="OK?"))
    await write(answering, TemplatePart(name="reminder", language="en", parameters=("[Friday]",)))

    await say(answering, "yes")

    assert answering.agent.calls[0].query == (
        "[we wrote: It costs 5 EUR extra. OK?]\n[we wrote: \\[template reminder\\] \\[Friday\\]]\nyes"
    )


async def test_the_agent_does_not_hear_of_what_was_not_sent() -> None:
    """Only of what the person has."""
    answering = Answering()
    answering.messenger.fail_next(SendFailure.FINAL)
    await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="OK?")], key="1")

    await answer_once(answering)

    assert (await standing_of(answering)).remarks == ()


async def test_what_we_write_besides_is_the_latest_question() -> None:
    """Its choices count, and when it offers none a number is a number."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await say(answering, "size")
    await write(
        answering, ButtonsPart(body="When?", choices=tuple(Choice(id=day, title=day) for day in ("Mon", "Tue")))
    )
    await say(answering, "2")
    await write(answering, TextPart(body="How many?"))
    await say(answering, "2")

    assert [call.query.splitlines()[-1] for call in answering.agent.calls] == ["size", "Tue", "2"]
