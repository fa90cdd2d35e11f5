"""What happens to messages that arrive too late."""

import pytest

from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.people.person import Person
from domain.policies.rate_limit import RateLog
from domain.policies.staleness import Staleness, StalePolicy
from support.answering import Answering
from support.messages import BOB, enqueued, message
from support.turns import answer_once

HOUR = 3600.0


def answering_with(policy: StalePolicy) -> Answering:
    return Answering(staleness=Staleness(after_seconds=HOUR, policy=policy))


async def test_a_stale_message_is_skipped_and_published() -> None:
    """The person gets nothing, and the agent does not run."""
    answering = answering_with(StalePolicy.SKIP)
    await answering.accept(enqueued(sent_at=answering.clock.now() - 2 * HOUR))

    assert await answer_once(answering) is Outcome.STALE

    assert (answering.messenger.sent_texts, answering.agent.calls, answering.dead) == ([], [], [])
    assert answering.happened[ActivityKind.STALE][0]["reason"] == "older than 3600 s"


@pytest.mark.parametrize(("phone", "text"), [("15550002222", "Too late."), ("34600000000", "Demasiado tarde.")])
async def test_the_person_gets_a_text_that_it_came_too_late(phone: str, text: str) -> None:
    """In their language, instead of an answer."""
    answering = answering_with(StalePolicy.APOLOGISE)
    await answering.accept(enqueued(person=Person(phone=phone), sent_at=answering.clock.now() - 2 * HOUR))

    assert await answer_once(answering) is Outcome.STALE

    assert answering.messenger.sent_texts == [text]
    assert answering.agent.calls == []


async def test_stale_messages_may_be_answered() -> None:
    """If the channel is configured so."""
    answering = answering_with(StalePolicy.ANSWER)
    await answering.accept(enqueued(sent_at=answering.clock.now() - 2 * HOUR))

    assert await answer_once(answering) is Outcome.ANSWERED


async def test_a_new_message_makes_the_whole_turn_fresh() -> None:
    """The latest message decides."""
    answering = answering_with(StalePolicy.SKIP)
    now = answering.clock.now()
    await answering.accept(
        enqueued("old", person=BOB, sent_at=now - 2 * HOUR), enqueued("new", person=BOB, sent_at=now)
    )

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.agent.calls[0].query == "old\nnew"


async def test_a_stale_message_does_not_count_against_the_limit() -> None:
    """The agent did not run for it."""
    answering = answering_with(StalePolicy.SKIP)
    stale = message(sent_at=answering.clock.now() - 2 * HOUR)
    await answering.accept(enqueued(sent_at=stale.sent_at))

    await answer_once(answering)

    assert answering.mailbox.mailbox.rates.of(stale.conversation) == RateLog()
