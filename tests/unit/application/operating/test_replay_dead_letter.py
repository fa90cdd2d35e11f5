"""Dead letters are sent after all."""

import pytest

from adapters.memory.dead_letters import MemoryDeadLetters
from application.operating.replay_dead_letter import HumanTakeoverError
from domain.conversations.outcome import Outcome
from domain.conversations.state import UNTIL_ENDED
from domain.people.person import Conversation
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import ANA, enqueued
from support.turns import answer_once
from support.watched_ports import WatchedMailbox

CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))


async def test_a_replay_during_a_takeover_is_refused() -> None:
    """The reply would be suppressed. It can be replayed when the agent answers again."""
    mailbox = WatchedMailbox()
    letters = MemoryDeadLetters(mailbox=mailbox.mailbox)
    answering = Answering(mailbox=mailbox, dead_letters=letters)
    replay = answering.use_cases.replay
    await answering.accept(enqueued())
    answering.messenger.send_failures.append(SendFailure.FINAL)
    assert await answer_once(answering) is Outcome.FAILED
    (letter,) = await letters.page(limit=2)
    await answering.states.change(conversation=CONVERSATION, human_until=UNTIL_ENDED)

    with pytest.raises(HumanTakeoverError):
        await replay(letter_id=letter.id)
    assert [kept.id for kept in await letters.page(limit=2)] == [letter.id]

    await answering.states.change(conversation=CONVERSATION, human_until=None)
    await replay(letter_id=letter.id)
    assert await answer_once(answering) is Outcome.ANSWERED
    assert await letters.page(limit=2) == ()
