"""What becomes of messages that come too late."""

import pytest

from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.people.person import Person
from domain.policies.staleness import Staleness, StalePolicy
from support.answering import Answering
from support.messages import BOB, enqueued, message
from support.turns import answer_once

HOUR = 3600.0


def world(policy: StalePolicy) -> Answering:
    return Answering(staleness=Staleness(after_seconds=HOUR, policy=policy))


async def test_skipped_in_silence_and_visibly() -> None:
    """Nobody is told anything, the agent is not asked, the operator can see it."""
    answering = world(StalePolicy.SKIP)
    await answering.accept(enqueued(sent_at=answering.clock.now() - 2 * HOUR))

    assert await answer_once(answering) is Outcome.STALE

    assert (answering.messenger.sent_texts, answering.agent.calls, answering.dead) == ([], [], [])
    assert answering.happened[ActivityKind.STALE][0]["reason"] == "older than 3600 s"


@pytest.mark.parametrize(("phone", "text"), [("15550002222", "Too late."), ("34600000000", "Demasiado tarde.")])
async def test_told_that_it_came_too_late(phone: str, text: str) -> None:
    """In the person's language, instead of an answer."""
    answering = world(StalePolicy.APOLOGISE)
    await answering.accept(enqueued(person=Person(phone=phone), sent_at=answering.clock.now() - 2 * HOUR))

    assert await answer_once(answering) is Outcome.STALE

    assert answering.messenger.sent_texts == [text]
    assert answering.agent.calls == []


async def test_answered_all_the_same() -> None:
    """Where that is the policy."""
    answering = world(StalePolicy.ANSWER)
    await answering.accept(enqueued(sent_at=answering.clock.now() - 2 * HOUR))

    assert await answer_once(answering) is Outcome.ANSWERED


async def test_who_writes_again_is_answered_with_what_was_said_before() -> None:
    """The latest message decides for the whole turn."""
    answering = world(StalePolicy.SKIP)
    now = answering.clock.now()
    await answering.accept(
        enqueued("old", person=BOB, sent_at=now - 2 * HOUR), enqueued("new", person=BOB, sent_at=now)
    )

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.agent.calls[0].query == "old\nnew"


async def test_a_stale_message_does_not_count_against_the_limit() -> None:
    """Nothing was run for it."""
    answering = world(StalePolicy.SKIP)
    stale = message(sent_at=answering.clock.now() - 2 * HOUR)
    await answering.accept(enqueued(sent_at=stale.sent_at))

    await answer_once(answering)

    assert await answering.rates.log(key=f"messages:{stale.conversation}", since=0) == ()
