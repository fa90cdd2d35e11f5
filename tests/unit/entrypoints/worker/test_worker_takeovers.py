"""Conversations of a frozen or dead worker are taken over by another one, and nothing is sent twice."""

import asyncio

import pytest

from application.ports.store import StoreUnavailableError
from support.answering import Answering
from support.messages import ANA, BOB, enqueued
from support.polling import eventually
from support.watched_ports import Hook
from support.workers import working

pytestmark = pytest.mark.usefixtures("in_a_hurry")


async def never() -> None:
    await asyncio.Event().wait()


async def away() -> None:
    raise StoreUnavailableError("away")


@pytest.mark.parametrize("renewing", [never, away])
async def test_a_worker_that_does_not_renew_loses_its_conversation(
    answering: Answering, other: Answering, renewing: Hook
) -> None:
    """Another one answers after the lease has expired. The first one sends nothing more."""
    answering.agent.hold()
    answering.mailbox.before["renew"] = renewing
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(1)
        async with working(other.mailbox, other.answer, name="b"):
            await eventually(lambda: answering.messenger.sent)
        answering.agent.release()
        await eventually(lambda: running.turns == 0)

    assert [len(answering.agent.calls), len(other.agent.calls), len(answering.messenger.sent)] == [1, 1, 1]


async def test_a_worker_that_lost_a_conversation_stops_its_turn(answering: Answering, other: Answering) -> None:
    """Also when its agent never returns."""
    answering.agent.hold()
    found_out = asyncio.Event()
    answering.mailbox.before["renew"] = found_out.wait
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(1)
        async with working(other.mailbox, other.answer, name="b") as taker:
            await eventually(lambda: answering.messenger.sent)
        found_out.set()
        await eventually(lambda: running.turns == 0)

    assert len(answering.messenger.sent) == 1
    assert b'trunkline_lease_takeovers_total{channel="whatsapp"} 1.0' in taker.metrics.render()
    assert b'trunkline_abandoned_turns_total{channel="whatsapp",reason="lease_lost"} 1.0' in running.metrics.render()


async def test_a_turn_that_was_just_completed_is_not_lost(answering: Answering) -> None:
    """Its lease has ended when it is renewed, but there is nothing to warn of."""
    arrived = asyncio.Event()
    answering.mailbox.after["complete"] = arrived.wait
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer) as running:
        await eventually(lambda: answering.mailbox.under_way["complete"])
        renewed = answering.mailbox.steps.count("renew")
        await eventually(lambda: answering.mailbox.steps.count("renew") > renewed)
        arrived.set()
        await eventually(lambda: running.turns == 0)

    assert b"lease_lost" not in running.metrics.render()


async def test_a_worker_that_was_frozen_does_not_take_over_from_itself(answering: Answering) -> None:
    """It first renews what nobody has taken over. The agent does not run again."""
    answering.agent.hold()
    awake = asyncio.Event()
    answering.mailbox.before["renew"] = awake.wait
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer):
        await answering.agent.called(1)
        await eventually(lambda: answering.mailbox.steps.count("promote") > 100)
        awake.set()
        await eventually(lambda: answering.mailbox.steps.count("renew") > 2)
        answering.agent.release()
        await eventually(lambda: answering.messenger.sent)

    assert (len(answering.agent.calls), len(answering.messenger.sent)) == (1, 1)


async def test_the_conversations_of_a_crashed_worker_are_taken_over(answering: Answering, other: Answering) -> None:
    """With everything that was recorded."""
    answering.agent.hold()
    await answering.accept(enqueued("from Ana", person=ANA), enqueued("from Bob", person=BOB))

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(2)
        await running.crash()
        async with working(other.mailbox, other.answer, name="b"):
            await eventually(lambda: len(answering.messenger.sent) == 2)
        answering.agent.release()

    assert sorted(answering.messenger.sent_texts) == ["You said: from Ana", "You said: from Bob"]
