"""The worker during outages of the store, and with turns that raise errors."""

import time

import pytest

from adapters.memory.mailbox import MemoryMailbox
from entrypoints.worker import store_connection_monitor
from support.answering import Answering
from support.messages import ANA, BOB, enqueued
from support.polling import eventually
from support.watched_ports import WatchedMailbox
from support.workers import working

pytestmark = pytest.mark.usefixtures("in_a_hurry")


async def test_goes_on_after_an_outage_of_the_store(answering: Answering) -> None:
    """It prepares the store again."""
    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: "claim" in answering.mailbox.steps)
        answering.mailbox.away = True
        await eventually(lambda: answering.mailbox.steps.count("prepare") > 5)
        prepared = answering.mailbox.steps.count("prepare")
        answering.mailbox.away = False
        await answering.accept(enqueued())
        await eventually(lambda: answering.messenger.sent)

    assert answering.mailbox.steps.count("prepare") > prepared
    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_starts_before_its_store(answering: Answering) -> None:
    """The store may start later."""
    answering.mailbox.away = True

    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: answering.mailbox.steps.count("prepare") > 5)
        answering.mailbox.away = False
        await answering.accept(enqueued())
        await eventually(lambda: answering.messenger.sent)


async def test_does_not_flood_a_store_that_is_away(answering: Answering) -> None:
    """Each of its four loops asks, pauses, and asks again."""
    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: "claim" in answering.mailbox.steps)
        answering.mailbox.away = True
        await eventually(lambda: answering.mailbox.steps[-4:] == ["prepare"] * 4)
        steps, began = len(answering.mailbox.steps), time.monotonic()
        await eventually(lambda: len(answering.mailbox.steps) >= steps + 40)
        during, seconds = answering.mailbox.steps[steps:], time.monotonic() - began
        answering.mailbox.away = False

    shortest_pause = store_connection_monitor.RECONNECT_SECONDS * 0.5
    assert set(during) == {"prepare"}
    assert len(during) <= 4 * (seconds / shortest_pause + 1)


async def test_takes_over_only_after_a_whole_lease_of_contact(answering: Answering) -> None:
    """So after an outage the living workers renew first."""
    prepared, reaped = list[float](), list[float]()

    async def note_prepared() -> None:
        prepared.append(time.monotonic())

    async def note_reaped() -> None:
        reaped.append(time.monotonic())

    answering.mailbox.before |= {"prepare": note_prepared, "reap": note_reaped}
    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: reaped)
        answering.mailbox.away = True
        await eventually(lambda: answering.mailbox.steps[-4:] == ["prepare"] * 4)
        before_the_outage = len(reaped)
        answering.mailbox.away = False
        await eventually(lambda: len(reaped) > before_the_outage)

    first, again = prepared[0], prepared[1]
    assert reaped[0] - first > answering.mailbox.lease_seconds
    assert reaped[before_the_outage] - again > answering.mailbox.lease_seconds


async def test_a_turn_survives_a_short_outage_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter than its lease: the agent runs once, and the answer is sent once."""
    monkeypatch.setattr("application.lease.INSIST_SECONDS", 0.005)
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=5)))
    answering.agent.hold()
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer):
        await answering.agent.called(1)
        answering.mailbox.away = True
        answering.agent.release()
        await eventually(lambda: answering.mailbox.steps.count("save_reply") > 3)
        answering.mailbox.away = False
        await eventually(lambda: answering.messenger.sent)

    assert (len(answering.agent.calls), answering.messenger.sent_texts) == (1, ["You said: hello"])


async def test_a_worker_stops_although_the_store_is_away(answering: Answering) -> None:
    """Another worker takes over its conversations when the store is back."""
    answering.agent.hold()
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer, grace_seconds=0.05) as running:
        await answering.agent.called(1)
        answering.mailbox.away = True
        await running.stop()
        answering.mailbox.away = False

    assert running.task.done()
    assert answering.messenger.sent == []


async def test_an_error_in_a_turn_does_not_stop_the_worker(answering: Answering) -> None:
    """Other conversations are answered. This one is retried when its lease has expired."""
    faults = iter([ZeroDivisionError()])

    async def fault_once() -> None:
        if fault := next(faults, None):
            raise fault

    answering.mailbox.before["begin"] = fault_once
    async with working(answering.mailbox, answering.answer):
        await answering.accept(enqueued("unlucky", person=ANA))
        await eventually(lambda: "begin" in answering.mailbox.steps)
        await answering.accept(enqueued("lucky", person=BOB))
        await eventually(lambda: len(answering.messenger.sent) == 2)

    assert answering.messenger.sent_texts == ["You said: lucky", "You said: unlucky"]
