"""The worker when something breaks: the store, another worker, or a turn."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from attrs import define, evolve, field

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.mailbox import MemoryMailbox
from application.ports.store import StoreUnavailableError
from domain.activity import Activity
from entrypoints import store_contact
from support.answering import Answering
from support.messages import ANA, BOB, post
from support.polling import eventually
from support.watched_ports import Hook, WatchedMailbox
from support.workers import hurry, working

LEASE_SECONDS = 0.2


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def answering() -> Answering:
    return Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=LEASE_SECONDS)))


@define
class SlowFeed(MemoryActivityFeed):
    """Takes what it is `asked` to publish once it is `open`."""

    asked: asyncio.Event = field(factory=asyncio.Event)
    open: asyncio.Event = field(factory=asyncio.Event)

    async def publish(self, *, activities: Sequence[Activity]) -> None:
        self.asked.set()
        await self.open.wait()
        await super().publish(activities=activities)


@pytest.fixture
def other(answering: Answering) -> Answering:
    """The parts of a second worker: the same store, channel and people, but a process of its own."""
    return evolve(answering, mailbox=WatchedMailbox(answering.mailbox.mailbox), agent=ScriptedAgent())


async def never() -> None:
    await asyncio.Event().wait()


async def away() -> None:
    raise StoreUnavailableError("away")


@pytest.mark.parametrize("renewing", [never, away])
async def test_a_silent_worker_loses_its_conversation(answering: Answering, other: Answering, renewing: Hook) -> None:
    """Another one answers, once the lease has run out; the first one says nothing more."""
    answering.agent.hold()
    answering.mailbox.before["renew"] = renewing
    await answering.accept(post())

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(1)
        async with working(other.mailbox, other.answer, name="b"):
            await eventually(lambda: answering.messenger.sent)
        answering.agent.release()
        await eventually(lambda: running.turns == 0)

    assert [len(answering.agent.calls), len(other.agent.calls), len(answering.messenger.sent)] == [1, 1, 1]


async def test_a_worker_that_learns_of_its_loss_stops(answering: Answering, other: Answering) -> None:
    """Even when its agent never comes back."""
    answering.agent.hold()
    found_out = asyncio.Event()
    answering.mailbox.before["renew"] = found_out.wait
    await answering.accept(post())

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(1)
        async with working(other.mailbox, other.answer, name="b"):
            await eventually(lambda: answering.messenger.sent)
        found_out.set()
        await eventually(lambda: running.turns == 0)

    assert len(answering.messenger.sent) == 1
    assert b'trunkline_abandoned_turns_total{reason="lease_lost"} 1.0' in running.metrics.render()


async def test_a_turn_that_was_just_completed_is_not_lost(answering: Answering) -> None:
    """Its lease is over when it is renewed, and there is nothing to warn of."""
    feed = SlowFeed()
    telling = evolve(answering, feed=feed)
    await telling.accept(post())

    async with working(telling.mailbox, telling.answer) as running:
        await feed.asked.wait()
        renewed = telling.mailbox.steps.count("renew")
        await eventually(lambda: telling.mailbox.steps.count("renew") > renewed)
        feed.open.set()
        await eventually(lambda: running.turns == 0)

    assert b"lease_lost" not in running.metrics.render()


async def test_a_worker_that_overslept_does_not_take_over_from_itself(answering: Answering) -> None:
    """It renews first what nobody has taken, and the agent is not run again."""
    answering.agent.hold()
    awake = asyncio.Event()
    answering.mailbox.before["renew"] = awake.wait
    await answering.accept(post())

    async with working(answering.mailbox, answering.answer):
        await answering.agent.called(1)
        await eventually(lambda: answering.mailbox.steps.count("promote") > 100)
        awake.set()
        await eventually(lambda: answering.mailbox.steps.count("renew") > 2)
        answering.agent.release()
        await eventually(lambda: answering.messenger.sent)

    assert (len(answering.agent.calls), len(answering.messenger.sent)) == (1, 1)


async def test_a_crashed_worker_is_succeeded(answering: Answering, other: Answering) -> None:
    """Its conversations are taken over with everything that was recorded."""
    answering.agent.hold()
    await answering.accept(post("from Ana", person=ANA), post("from Bob", person=BOB))

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(2)
        await running.crash()
        async with working(other.mailbox, other.answer, name="b"):
            await eventually(lambda: len(answering.messenger.sent) == 2)
        answering.agent.release()

    assert sorted(answering.messenger.said) == ["You said: from Ana", "You said: from Bob"]


async def test_waits_out_store_trouble(answering: Answering) -> None:
    """It prepares the store again, and goes on."""
    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: "claim" in answering.mailbox.steps)
        answering.mailbox.away = True
        await eventually(lambda: answering.mailbox.steps.count("prepare") > 5)
        prepared = answering.mailbox.steps.count("prepare")
        answering.mailbox.away = False
        await answering.accept(post())
        await eventually(lambda: answering.messenger.sent)

    assert answering.mailbox.steps.count("prepare") > prepared
    assert answering.messenger.said == ["You said: hello"]


async def test_starts_before_its_store(answering: Answering) -> None:
    """It need not be there first."""
    answering.mailbox.away = True

    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: answering.mailbox.steps.count("prepare") > 5)
        answering.mailbox.away = False
        await answering.accept(post())
        await eventually(lambda: answering.messenger.sent)


async def test_does_not_storm_a_store_that_is_away(answering: Answering) -> None:
    """Each of its four loops asks, pauses, and asks again, for nothing but to be in touch."""
    async with working(answering.mailbox, answering.answer):
        await eventually(lambda: "claim" in answering.mailbox.steps)
        answering.mailbox.away = True
        await eventually(lambda: answering.mailbox.steps[-4:] == ["prepare"] * 4)
        steps, began = len(answering.mailbox.steps), time.monotonic()
        await eventually(lambda: len(answering.mailbox.steps) >= steps + 40)
        during, seconds = answering.mailbox.steps[steps:], time.monotonic() - began
        answering.mailbox.away = False

    shortest_pause = store_contact.TROUBLE_SECONDS * 0.5
    assert set(during) == {"prepare"}
    assert len(during) <= 4 * (seconds / shortest_pause + 1)


async def test_takes_over_only_after_a_whole_lease_in_touch(answering: Answering) -> None:
    """After an outage the living renew first."""
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
    assert reaped[0] - first > LEASE_SECONDS
    assert reaped[before_the_outage] - again > LEASE_SECONDS


async def test_a_turn_survives_store_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter than its lease: the answer is sent once, and the agent is run once."""
    monkeypatch.setattr("application.lease.INSIST_SECONDS", 0.005)
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=5)))
    answering.agent.hold()
    await answering.accept(post())

    async with working(answering.mailbox, answering.answer):
        await answering.agent.called(1)
        answering.mailbox.away = True
        answering.agent.release()
        await eventually(lambda: answering.mailbox.steps.count("save_reply") > 3)
        answering.mailbox.away = False
        await eventually(lambda: answering.messenger.sent)

    assert (len(answering.agent.calls), answering.messenger.said) == (1, ["You said: hello"])


async def test_told_to_stop_while_the_store_is_away_it_stops(answering: Answering) -> None:
    """What it held is taken over when the store is back."""
    answering.agent.hold()
    await answering.accept(post())

    async with working(answering.mailbox, answering.answer, grace_seconds=0.05) as running:
        await answering.agent.called(1)
        answering.mailbox.away = True
        await running.stop()
        answering.mailbox.away = False

    assert running.task.done()
    assert answering.messenger.sent == []


async def test_a_fault_does_not_stop_the_worker(answering: Answering) -> None:
    """Others are answered meanwhile; the conversation itself is tried again when its lease has run out."""
    faults = iter([ZeroDivisionError()])

    async def fault_once() -> None:
        if fault := next(faults, None):
            raise fault

    answering.mailbox.before["begin"] = fault_once
    async with working(answering.mailbox, answering.answer):
        await answering.accept(post("unlucky", person=ANA))
        await eventually(lambda: "begin" in answering.mailbox.steps)
        await answering.accept(post("lucky", person=BOB))
        await eventually(lambda: len(answering.messenger.sent) == 2)

    assert answering.messenger.said == ["You said: lucky", "You said: unlucky"]
