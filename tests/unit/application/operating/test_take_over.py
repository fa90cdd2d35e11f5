"""A human answers for the agent: from when, until when, and what the agent learns of it."""

import asyncio

from adapters.memory.agent import ScriptedAgent
from domain.conversations.activity import ActivityKind
from domain.conversations.agent_notes import MAX_AGENT_NOTES, AgentNote, NoteKind
from domain.conversations.commands import Commands
from domain.conversations.outcome import Outcome
from domain.conversations.state import UNTIL_TOLD
from support.answering import Answering
from support.messages import CONVERSATION, enqueued
from support.turns import ASKS, answer_once, answer_texts, notes_of, state_of


async def test_while_a_human_answers_the_agent_is_silent_and_hears_of_it_later() -> None:
    """The record is kept, and comes with the next message the agent gets."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")

    assert await answer_texts(answering, "are you there?") is Outcome.HELD
    await answering.take_over.end(conversation=CONVERSATION)
    assert await answer_texts(answering, "thank you") is Outcome.ANSWERED

    assert [call.query for call in answering.agent.calls] == ["are you there?\nthank you"]
    assert len(answering.messenger.sent) == 1
    assert await answer_texts(answering, "bye") is Outcome.ANSWERED
    assert answering.agent.calls[-1].query == "bye"


async def test_the_agent_comes_back_after_a_time() -> None:
    """Nobody need remember it."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="somebody wrote")
    answering.clock.advance(60)

    assert await answer_texts(answering, "hello") is Outcome.ANSWERED


async def test_a_keyword_asks_for_a_human() -> None:
    """The person is told, and the agent says nothing until the human has done."""
    answering = Answering(commands=Commands(human=("agent",)))

    assert await answer_texts(answering, "Agent") is Outcome.COMMAND
    assert await answer_texts(answering, "hello?") is Outcome.HELD

    assert answering.messenger.sent_texts == ["Somebody will answer."]
    assert answering.agent.calls == []


async def test_the_agent_itself_hands_over() -> None:
    """With its own words, which the take-over does not hold back."""
    agent_text = 'One moment.\n```trunkline\n{"hand_over": "a refund"}\n```'
    answering = Answering(agent=ScriptedAgent(script=lambda _: agent_text))

    assert await answer_texts(answering, "my money!") is Outcome.ANSWERED
    assert await answer_texts(answering, "hello?") is Outcome.HELD

    assert answering.messenger.sent_texts == ["One moment."]


async def test_an_answer_under_way_is_held_when_a_human_takes_over() -> None:
    """While the agent was at it, somebody wrote by hand."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(enqueued("hello"))
    claim = await answering.claim()

    async def take_over() -> None:
        await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="somebody wrote")

    answering.mailbox.before["save_reply"] = take_over
    answering.agent.release()
    outcome = await answering.answer(lease=answering.lease(claim))

    assert outcome is Outcome.HELD
    assert answering.messenger.sent == []
    assert answering.happened[ActivityKind.HELD][0]["reason"] == "a human has taken over"


async def test_what_a_colleague_writes_while_the_agent_runs_is_heard_later() -> None:
    """The agent cannot know it yet; nor does a shorter takeover of its own cut the colleague's short."""
    agent_text = 'One moment.\n```trunkline\n{"hand_over": "a refund"}\n```'
    answering = Answering(agent=ScriptedAgent(script=lambda _: agent_text))
    await answering.states.note(
        conversation=CONVERSATION, agent_notes=[AgentNote(text="[took back an earlier message]")]
    )
    answering.agent.hold()
    await answering.accept(enqueued("my money!"))
    answer = asyncio.create_task(answer_once(answering))
    await answering.agent.called(1)

    await answering.take_over.begin(
        conversation=CONVERSATION,
        seconds=None,
        note=AgentNote(kind=NoteKind.COLLEAGUE_WROTE, text="I see to it."),
        why="by hand",
    )
    answering.agent.release()
    await answer

    state = await state_of(answering)
    assert await notes_of(answering) == ("[a colleague wrote: I see to it.]",)
    assert state.human_until == UNTIL_TOLD


async def test_a_shorter_takeover_does_not_end_a_longer_one() -> None:
    """An operator took over until told; a colleague writes in the app besides."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")

    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="by hand")

    assert (await state_of(answering)).human_until == UNTIL_TOLD
    assert [told["until"] for told in answering.happened[ActivityKind.HUMAN]] == ["told", "told"]


async def test_what_was_said_besides_the_word_for_a_human_is_kept() -> None:
    """For the agent, when it answers again."""
    answering = Answering(commands=Commands(human=("agent",)))

    assert await answer_texts(answering, "my order 4711 is broken", "agent") is Outcome.COMMAND
    await answering.take_over.end(conversation=CONVERSATION)
    await answer_texts(answering, "thank you")

    assert answering.agent.calls[0].query == "my order 4711 is broken\nthank you"


async def test_a_message_of_many_lines_is_one_of_those_kept() -> None:
    """While a human answers, whole messages are kept, the latest of them."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")
    long = "\n".join(f"line {number}" for number in range(2 * MAX_AGENT_NOTES))

    await answer_texts(answering, long)
    await answer_texts(answering, "hello?")

    assert await notes_of(answering) == (long, "hello?")


async def test_who_takes_over_asks_something_else() -> None:
    """A number then means nothing of what the agent had offered."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await answer_texts(answering, "size")
    await answering.take_over.begin(
        conversation=CONVERSATION, seconds=60, note=AgentNote(kind=NoteKind.COLLEAGUE_WROTE, text="How many?"), why=""
    )

    await answer_texts(answering, "2")

    assert await notes_of(answering) == ("[a colleague wrote: How many?]", "2")
