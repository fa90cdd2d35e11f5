"""Dead letters go out after all."""

import pytest

from adapters.memory.dead_letters import MemoryDeadLetters
from application.operating.replay_dead_letter import HumanAnswersError
from domain.conversations.outcome import Outcome
from domain.conversations.state import UNTIL_TOLD
from domain.people.person import Conversation
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import ANA, post
from support.turns import answer_once
from support.watched_ports import WatchedMailbox

CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))


async def test_what_a_human_would_hold_back_stays_a_dead_letter() -> None:
    """Until the agent answers again; then it goes out."""
    mailbox = WatchedMailbox()
    letters = MemoryDeadLetters(mailbox=mailbox.mailbox)
    answering = Answering(mailbox=mailbox, dead_letters=letters)
    replay = answering.use_cases.replay
    await answering.accept(post())
    answering.messenger.send_failures.append(SendFailure.FINAL)
    assert await answer_once(answering) is Outcome.FAILED
    (letter,) = await letters.page(limit=2)
    await answering.states.change(conversation=CONVERSATION, human_until=UNTIL_TOLD)

    with pytest.raises(HumanAnswersError):
        await replay(letter_id=letter.id)
    assert [kept.id for kept in await letters.page(limit=2)] == [letter.id]

    await answering.states.change(conversation=CONVERSATION, human_until=None)
    await replay(letter_id=letter.id)
    assert await answer_once(answering) is Outcome.ANSWERED
    assert await letters.page(limit=2) == ()
