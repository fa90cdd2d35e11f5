"""A worker's lease: steps that record progress are repeated until the store answers."""

import asyncio

import pytest

from application.lease import Lease
from application.ports.leases import LeaseLostError
from application.ports.store import StoreUnavailableError
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.messages.outbound import TextPart
from support.answering import Answering
from support.begin import begin_turn
from support.messages import enqueued
from support.polling import eventually

REPLY = Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="one"), TextPart(body="two")))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.lease.INSIST_SECONDS", 0.005)


async def lease_of(answering: Answering, *, seconds: float = 60) -> Lease:
    """A lease on a conversation whose turn has begun."""
    await answering.accept(enqueued())
    claim = await answering.claim()
    await answering.mailbox.mailbox.begin(claim=claim)
    return answering.lease(claim, seconds=seconds)


async def test_an_unexpired_lease_is_not_checked() -> None:
    """The store is not asked."""
    answering = Answering()
    lease = await lease_of(answering)

    await lease.require()

    assert "renew" not in answering.mailbox.steps


async def test_a_lease_that_was_lost_ends_the_work() -> None:
    """Only the store knows: renewing it is tried until the store answers."""
    answering = Answering()
    lease = await lease_of(answering, seconds=0)
    await answering.mailbox.complete(claim=lease.claim)
    answering.mailbox.away = True

    requiring = asyncio.create_task(lease.require())
    await eventually(lambda: answering.mailbox.steps.count("renew") >= 3)
    answering.mailbox.away = False

    with pytest.raises(LeaseLostError):
        await asyncio.wait_for(requiring, 2)


@pytest.mark.parametrize("step", ["save_reply", "record_sent", "complete"])
async def test_recording_progress_is_repeated(step: str) -> None:
    """While the store is away, also after the lease has expired by our clock: the store decides whether it holds."""
    answering = Answering()
    lease = await lease_of(answering, seconds=0)
    answering.mailbox.away = True

    steps = {
        "save_reply": lambda: lease.save_reply(REPLY),
        "record_sent": lease.record_sent,
        "complete": lease.complete,
    }
    insisting = asyncio.create_task(steps[step]())
    await eventually(lambda: answering.mailbox.steps.count(step) >= 3)
    answering.mailbox.away = False

    await asyncio.wait_for(insisting, 2)


async def test_a_part_is_recorded_although_the_worker_stops() -> None:
    """Otherwise a part that was sent would be sent again."""
    answering = Answering()
    lease = await lease_of(answering)
    await lease.save_reply(REPLY)
    lease.changes.sent[0] = "wamid.out.1"

    async def first_hangs() -> None:
        if answering.mailbox.steps.count("record_sent") == 1:
            await asyncio.Event().wait()

    answering.mailbox.before["record_sent"] = first_hangs
    recording = asyncio.create_task(lease.record_sent())
    await eventually(lambda: "record_sent" in answering.mailbox.steps)
    recording.cancel()

    with pytest.raises(asyncio.CancelledError):
        await recording
    assert (await begin_turn(answering.mailbox, lease.claim)).sent == ("wamid.out.1",)


async def test_a_worker_stops_although_the_store_is_away() -> None:
    """After one more attempt."""
    answering = Answering()
    lease = await lease_of(answering)
    answering.mailbox.away = True

    recording = asyncio.create_task(lease.record_sent())
    await eventually(lambda: "record_sent" in answering.mailbox.steps)
    recording.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(recording, 2)


async def test_retries_and_dead_letters_are_not_repeated() -> None:
    """Nothing is lost: after a takeover the next worker comes to the same decision."""
    answering = Answering()
    lease = await lease_of(answering)
    answering.mailbox.away = True

    for step in (lease.retry_later(after_seconds=1, error="why"), lease.dead_letter(reason="why"), lease.release()):
        with pytest.raises(StoreUnavailableError):
            await step

    assert answering.mailbox.steps == ["retry_later", "dead_letter", "release"]
