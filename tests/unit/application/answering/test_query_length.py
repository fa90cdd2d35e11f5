"""The text for the agent has a maximum length."""

from domain.conversations.agent_notes import MAX_NOTES_LENGTH
from domain.messages.plain_text import MAX_QUERY_LENGTH
from support.answering import Answering
from support.messages import CONVERSATION
from support.turns import answer_texts, state_of

LETTERS = "abcdefghijklmnopqrst"
NOTES = 2_000


async def test_a_query_has_a_maximum_length() -> None:
    """The latest text stays, and a note says how much is missing."""
    answering = Answering()

    await answer_texts(answering, *(letter * 15_000 for letter in LETTERS))

    (call,) = answering.agent.calls
    assert call.query.startswith("[14 earlier messages are left out]\nooo")
    assert call.query.endswith("ttt")
    assert len(call.query) < MAX_QUERY_LENGTH + NOTES


async def test_notes_kept_during_a_takeover_have_a_maximum_length() -> None:
    """They are read with every message."""
    answering = Answering()
    await answering.take_over.begin(conversation=CONVERSATION, seconds=None, why="a test")

    for letter in LETTERS:
        await answer_texts(answering, letter * 15_000)

    state = await state_of(answering)
    assert sum(len(note.text) for note in state.agent_notes) <= MAX_NOTES_LENGTH
    assert state.agent_notes[-1].text.startswith("ttt")
    assert state.left_out + len(state.agent_notes) == len(LETTERS)
