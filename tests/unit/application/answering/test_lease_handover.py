"""A conversation changes hands: its worker died, was stopped, or was frozen longer than its lease."""

import asyncio

import pytest
from attrs import evolve

from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.messenger import EVERYTHING
from application.ports.inbox import DeliveryConfirmation
from application.ports.leases import Claim, LeaseLostError
from domain.conversations.outcome import Outcome
from domain.conversations.reply import PartReference
from support.answering import Answering
from support.messages import enqueued
from support.polling import eventually
from support.turns import answer_once, answer_to_the_end
from support.watched_ports import WatchedMailbox, WatchedMessenger


async def die() -> None:
    raise asyncio.CancelledError


async def die_before_recording(answering: Answering) -> Claim:
    """Send the first part, die before it is recorded, and let another worker take over."""
    answering.mailbox.before |= {"record_sent": die, "release": die}
    with pytest.raises(asyncio.CancelledError):
        await answer_once(answering)
    answering.mailbox.before.clear()
    (claim,) = await answering.mailbox.reap(partition=0, worker="b", limit=1)
    return claim


def hang_once(answering: Answering, step: str) -> None:
    """The store does not answer the first call."""

    async def first_hangs() -> None:
        if answering.mailbox.steps.count(step) == 1:
            await asyncio.Event().wait()

    answering.mailbox.before[step] = first_hangs


async def test_a_takeover_does_not_run_the_agent_again() -> None:
    """It waits once for a confirmation of the part that may have been sent. Then it sends what is missing."""
    mailbox = WatchedMailbox(MemoryMailbox(lease_seconds=0))
    answering = Answering(mailbox=mailbox, messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, text=10)))
    await answering.accept(enqueued("hello"))
    taken_over = await die_before_recording(answering)

    outcomes = [await answering.answer(lease=answering.lease(taken_over)), *await answer_to_the_end(answering)]

    assert outcomes == [Outcome.RETRIED, Outcome.ANSWERED]
    assert len(answering.agent.calls) == 1
    assert answering.messenger.sent_texts == ["You said:", "You said:", "hello"]


async def test_a_confirmation_prevents_the_second_send() -> None:
    """It arrives while the turn waits for it."""
    mailbox = WatchedMailbox(MemoryMailbox(lease_seconds=0))
    answering = Answering(mailbox=mailbox, messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, text=10)))
    await answering.accept(enqueued("hello"))
    taken_over = await die_before_recording(answering)
    await answering.answer(lease=answering.lease(taken_over))
    (lost,) = answering.messenger.sent
    await mailbox.confirm(
        confirmations=[DeliveryConfirmation(reference=PartReference.parse(lost.reference), message_id=lost.id)]
    )

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["You said:", "hello"]


async def test_a_stopped_worker_hands_back_at_once() -> None:
    """The next worker runs the turn as if nobody had tried."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(enqueued("hello"))
    claim = await answering.claim()
    answer = asyncio.create_task(answering.answer(lease=answering.lease(claim)))
    await answering.agent.called(1)

    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    answering.agent.release()

    assert await answer_once(answering, worker="b") is Outcome.ANSWERED
    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_a_reply_is_saved_although_the_worker_stops() -> None:
    """The agent does not run again for it."""
    answering = Answering()
    await answering.accept(enqueued("hello"))
    hang_once(answering, "save_reply")
    answer = asyncio.create_task(answer_once(answering))
    await eventually(lambda: "save_reply" in answering.mailbox.steps)

    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    await answer_once(answering, worker="b")

    assert len(answering.agent.calls) == 1
    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_a_sent_part_is_recorded_although_the_worker_stops() -> None:
    """Before the conversation is handed back, so that the part is not sent again."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, text=10)))
    await answering.accept(enqueued("hello"))
    hang_once(answering, "record_sent")
    answer = asyncio.create_task(answer_once(answering))
    await eventually(lambda: "record_sent" in answering.mailbox.steps)

    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    await answer_once(answering, worker="b")

    assert answering.messenger.sent_texts == ["You said:", "hello"]


async def test_without_the_lease_nothing_is_sent() -> None:
    """Another worker took over just before."""
    mailbox = WatchedMailbox(MemoryMailbox(lease_seconds=0))
    answering = Answering(mailbox=mailbox)
    await answering.accept(enqueued())

    async def taken_over() -> None:
        await mailbox.mailbox.reap(partition=0, worker="b", limit=1)

    mailbox.before["renew"] = taken_over
    with pytest.raises(LeaseLostError):
        await answering.answer(lease=answering.lease(await answering.claim(), seconds=0))

    assert answering.messenger.sent == []


async def test_an_expired_lease_may_still_hold() -> None:
    """By our clock it is over, but the store says that nobody took over."""
    answering = Answering()
    await answering.accept(enqueued("hello"))

    await answering.answer(lease=answering.lease(await answering.claim(), seconds=0))

    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_a_claim_that_was_taken_over_is_refused_by_the_store() -> None:
    """A worker that was frozen sends nothing more."""
    mailbox = WatchedMailbox(MemoryMailbox(lease_seconds=0))
    answering = Answering(mailbox=mailbox)
    await answering.accept(enqueued())
    stale = await answering.claim()
    await mailbox.reap(partition=0, worker="b", limit=1)

    with pytest.raises(LeaseLostError):
        await answering.answer(lease=answering.lease(stale))

    assert (answering.agent.calls, answering.messenger.sent) == ([], [])
