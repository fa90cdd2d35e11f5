"""A worker is stopped while a send is unconfirmed: no other worker may send the part at once."""

import asyncio

import pytest

from adapters.memory.mailbox import MemoryMailbox
from application.ports.leases import Claim
from application.ports.messenger import SendFailedError
from application.ports.store import StoreUnavailableError
from domain.conversations.outcome import Outcome
from domain.policies.retry import RetryPolicy, SendFailure
from support.answering import Answering
from support.messages import enqueued
from support.polling import eventually
from support.turns import answer_once
from support.watched_ports import WatchedMailbox

PATIENT = RetryPolicy(confirm_seconds=60)


async def never() -> None:
    await asyncio.Event().wait()


async def away() -> None:
    raise StoreUnavailableError("away")


async def unknown() -> None:
    raise SendFailedError(SendFailure.UNKNOWN, "no answer")


def expired_leases() -> Answering:
    return Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=0)), retries=PATIENT)


async def interrupted(answering: Answering, step: str) -> Claim:
    """The claim of a worker that was stopped in the middle of this step."""
    await answering.accept(enqueued("hello"))
    claim = await answering.claim()
    answer = asyncio.create_task(answering.answer(lease=answering.lease(claim)))
    await eventually(lambda: step in (*answering.mailbox.steps, *answering.messenger.steps))
    await asyncio.sleep(0)
    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    return claim


async def taken_over(answering: Answering) -> Outcome:
    """The outcome of the next worker, after the lease has expired."""
    (claim,) = await answering.mailbox.mailbox.reap(partition=0, worker="b", limit=1)
    return await answering.answer(lease=answering.lease(claim))


async def test_an_interrupted_send_is_left_to_its_lease_when_the_store_is_away() -> None:
    """The takeover then waits for the confirmation."""
    answering = expired_leases()
    answering.messenger.before_send = never
    answering.mailbox.before["retry_later"] = away

    await interrupted(answering, "send")
    answering.mailbox.before.clear()

    assert "release" not in answering.mailbox.steps
    assert await taken_over(answering) is Outcome.RETRIED


async def test_a_part_that_cannot_be_recorded_is_left_to_its_lease() -> None:
    """It was sent. The next worker must give the channel the time to confirm it."""
    answering = expired_leases()
    answering.mailbox.before |= {"complete": away, "release": away}

    await interrupted(answering, "complete")
    answering.mailbox.before.clear()

    assert await taken_over(answering) is Outcome.RETRIED
    assert len(answering.messenger.sent) == 1


async def test_a_part_that_was_sent_is_recorded_with_the_hand_back() -> None:
    """The next worker completes the turn, and sends nothing."""
    answering = Answering(retries=PATIENT)
    answering.mailbox.before["complete"] = away

    await interrupted(answering, "complete")
    answering.mailbox.before.clear()

    assert await answer_once(answering, worker="b") is Outcome.ANSWERED
    assert len(answering.messenger.sent) == 1


async def test_an_unknown_result_is_left_to_its_lease_when_the_store_is_away() -> None:
    """As if the process had died."""
    answering = expired_leases()
    answering.messenger.before_send = unknown
    answering.mailbox.before["retry_later"] = never

    await interrupted(answering, "retry_later")
    answering.mailbox.before.clear()

    assert "release" not in answering.mailbox.steps
    assert await taken_over(answering) is Outcome.RETRIED


async def test_a_turn_without_a_send_is_handed_back() -> None:
    """The reply could not be stored, so nothing was sent."""
    answering = Answering(retries=PATIENT)
    answering.mailbox.before["save_reply"] = away

    await interrupted(answering, "save_reply")

    assert answering.mailbox.steps[-1] == "release"


async def test_a_turn_that_could_not_be_read_yet_is_handed_back() -> None:
    """The worker was stopped before the store answered the first step."""
    answering = Answering(retries=PATIENT)
    answering.mailbox.before["begin"] = never

    await interrupted(answering, "begin")

    assert answering.mailbox.steps[-1] == "release"
