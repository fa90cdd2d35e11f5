"""Answering a claimed conversation, from its messages to the last part sent."""

import asyncio

import pytest
from attrs import evolve

from adapters.memory.messenger import EVERYTHING
from application.ports.store import StoreUnavailableError
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.inbound import Unsupported
from domain.policies.rate_limit import RateLimitPolicy
from support.answering import Answering
from support.messages import ANA, BOB, enqueued
from support.turns import answer_once
from support.watched_ports import WatchedMessenger


async def test_a_message_is_answered() -> None:
    """The agent runs once, and the conversation is idle afterwards."""
    answering = Answering()
    await answering.accept(enqueued("hello"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["You said: hello"]
    assert len(answering.agent.calls) == 1
    assert answering.mailbox.mailbox._queues == {}


async def test_an_answer_is_published() -> None:
    """With the turn's id and the number of parts, without the text."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, text=10)))
    await answering.accept(enqueued("hello"))
    claim = await answering.claim()

    await answering.answer(lease=answering.lease(claim))

    assert answering.feed.activities == [
        Activity(
            kind=ActivityKind.ANSWERED,
            channel="whatsapp",
            conversation="whatsapp:15550002222",
            at=answering.clock.now(),
            detail={"turn_id": claim.token, "reason": "", "parts": "2"},
        )
    ]


async def test_nothing_is_sent_before_the_reply_is_saved() -> None:
    """The last part is recorded together with the end of the turn."""
    answering = Answering()
    answering.messenger.steps = answering.mailbox.steps
    await answering.accept(enqueued())

    await answer_once(answering)

    assert answering.mailbox.steps == ["begin", "save_reply", "send", "complete"]


async def test_a_person_over_the_limit_gets_a_notice() -> None:
    """Once a window. Later messages get no answer. Both are published."""
    answering = Answering(rate_limit=RateLimitPolicy(window_seconds=60, max_messages=1))
    outcomes = []
    for number in range(3):
        await answering.accept(enqueued(str(number)))
        outcomes.append(await answer_once(answering))

    assert outcomes == [Outcome.ANSWERED, Outcome.LIMITED, Outcome.LIMITED]
    assert answering.messenger.sent_texts == ["You said: 0", "Please wait."]
    limited = answering.happened[ActivityKind.LIMITED]
    assert [(detail["reason"], detail["parts"]) for detail in limited] == [
        ("1 over the rate limit", "1"),
        ("1 over the rate limit", "0"),
    ]


async def test_an_unreadable_message_is_answered_without_the_agent() -> None:
    """With a text of the channel."""
    answering = Answering()
    sticker = enqueued()
    await answering.accept(evolve(sticker, message=evolve(sticker.message, content=Unsupported(kind="sticker"))))

    await answer_once(answering)

    assert answering.messenger.sent_texts == ["I can only read text."]
    assert answering.agent.calls == []


async def test_without_messages_nothing_is_done() -> None:
    """Another worker has answered the conversation."""
    answering = Answering()
    await answering.accept(enqueued())
    claim = await answering.claim()
    answering.mailbox.mailbox._queues[claim.conversation].waiting.clear()

    assert await answering.answer(lease=answering.lease(claim)) is Outcome.NOTHING_WAITED

    assert (answering.agent.calls, answering.feed.activities) == ([], [])


@pytest.mark.parametrize("step", ["save_reply", "record_sent", "complete"])
async def test_a_short_outage_of_the_store_has_no_effect(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that record progress are repeated. The agent runs once, and each part is sent once."""
    monkeypatch.setattr("application.lease.INSIST_SECONDS", 0.005)
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, text=10)))
    await answering.accept(enqueued("hello"))

    async def away_twice() -> None:
        if answering.mailbox.steps.count(step) < 3:
            raise StoreUnavailableError("away")

    answering.mailbox.before[step] = away_twice

    assert await answer_once(answering) is Outcome.ANSWERED
    assert (len(answering.agent.calls), answering.messenger.sent_texts) == (1, ["You said:", "hello"])


async def test_progress_is_recorded_after_an_outage_longer_than_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store decides whether another worker took over. Until then the worker keeps what it sent."""
    monkeypatch.setattr("application.lease.INSIST_SECONDS", 0.005)
    answering = Answering()
    await answering.accept(enqueued("hello"))
    lease = answering.lease(await answering.claim())

    async def expire() -> None:
        lease.expires_at = 0

    async def away_for_long() -> None:
        if answering.mailbox.steps.count("record_sent") < 5:
            raise StoreUnavailableError("away")

    answering.mailbox.before["record_sent"] = away_for_long
    answering.messenger.after_send = expire
    outcome = await answering.answer(lease=lease)

    assert outcome is Outcome.ANSWERED
    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_conversations_are_answered_side_by_side() -> None:
    """One that waits for its agent does not delay another."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(enqueued("from Ana", person=ANA), enqueued("from Bob", person=BOB))

    answers = [asyncio.create_task(answer_once(answering)) for _ in range(2)]
    await answering.agent.called(2)
    answering.agent.release()
    await asyncio.gather(*answers)

    assert sorted(answering.messenger.sent_texts) == ["You said: from Ana", "You said: from Bob"]
