"""A human answers instead of the agent: the beginning, the end, and what the agent reads of it later."""

import asyncio

from adapters.memory.agent import ScriptedAgent
from domain.conversations.activity import ActivityKind
from domain.conversations.agent_notes import MAX_AGENT_NOTES, AgentNote, NoteKind
from domain.conversations.outcome import Outcome
from domain.conversations.person_commands import Commands
from domain.conversations.state import UNTIL_ENDED
from support.answering import Answering
from support.messages import CONVERSATION, enqueued
from support.turns import ASKS, answer_once, answer_texts, notes_of, state_of


async def test_during_a_takeover_messages_become_notes_for_the_agent() -> None:
    """The agent reads them with the next message that it answers."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")

    assert await answer_texts(answering, "are you there?") is Outcome.HELD
    await answering.take_over.end(conversation=CONVERSATION)
    assert await answer_texts(answering, "thank you") is Outcome.ANSWERED

    assert [call.query for call in answering.agent.calls] == ["are you there?\nthank you"]
    assert len(answering.messenger.sent) == 1
    assert await answer_texts(answering, "bye") is Outcome.ANSWERED
    assert answering.agent.calls[-1].query == "bye"


async def test_a_takeover_ends_by_itself() -> None:
    """Nobody has to end it."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="somebody wrote")
    answering.clock.advance(60)

    assert await answer_texts(answering, "hello") is Outcome.ANSWERED


async def test_a_keyword_asks_for_a_human() -> None:
    """The person gets a text, and the agent does not answer until the takeover ends."""
    answering = Answering(commands=Commands(human=("agent",)))

    assert await answer_texts(answering, "Agent") is Outcome.COMMAND
    assert await answer_texts(answering, "hello?") is Outcome.HELD

    assert answering.messenger.sent_texts == ["Somebody will answer."]
    assert answering.agent.calls == []


async def test_the_agent_itself_hands_over() -> None:
    """Its own text is sent all the same."""
    agent_text = 'One moment.\n```trunkline\n{"hand_over": "a refund"}\n```'
    answering = Answering(agent=ScriptedAgent(script=lambda _: agent_text))

    assert await answer_texts(answering, "my money!") is Outcome.ANSWERED
    assert await answer_texts(answering, "hello?") is Outcome.HELD

    assert answering.messenger.sent_texts == ["One moment."]


async def test_a_takeover_suppresses_the_reply_under_way() -> None:
    """A colleague wrote while the agent ran."""
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


async def test_a_colleagues_message_during_a_run_becomes_a_note() -> None:
    """The agent cannot know it yet. Its own shorter takeover does not end the colleague's."""
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
    assert state.human_until == UNTIL_ENDED


async def test_a_shorter_takeover_does_not_end_a_longer_one() -> None:
    """An operator took over until they end it, and a colleague writes in the app."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")

    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="by hand")

    assert (await state_of(answering)).human_until == UNTIL_ENDED
    assert [published["until"] for published in answering.happened[ActivityKind.HUMAN]] == ["ended", "ended"]


async def test_messages_beside_the_keyword_are_kept() -> None:
    """The agent reads them when it answers again."""
    answering = Answering(commands=Commands(human=("agent",)))

    assert await answer_texts(answering, "my order 4711 is broken", "agent") is Outcome.COMMAND
    await answering.take_over.end(conversation=CONVERSATION)
    await answer_texts(answering, "thank you")

    assert answering.agent.calls[0].query == "my order 4711 is broken\nthank you"


async def test_a_message_of_many_lines_counts_as_one_note() -> None:
    """During a takeover, whole messages are kept, and only the latest of them."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="an operator took over")
    long = "\n".join(f"line {number}" for number in range(2 * MAX_AGENT_NOTES))

    await answer_texts(answering, long)
    await answer_texts(answering, "hello?")

    assert await notes_of(answering) == (long, "hello?")


async def test_a_takeover_clears_the_choices() -> None:
    """A number then means none of the agent's choices."""
    answering = Answering(agent=ScriptedAgent(script={"size": ASKS}))
    await answer_texts(answering, "size")
    await answering.take_over.begin(
        conversation=CONVERSATION, seconds=60, note=AgentNote(kind=NoteKind.COLLEAGUE_WROTE, text="How many?"), why=""
    )

    await answer_texts(answering, "2")

    assert await notes_of(answering) == ("[a colleague wrote: How many?]", "2")
