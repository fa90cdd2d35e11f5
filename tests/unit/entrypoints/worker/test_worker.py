"""The worker in normal operation, in memory and in real time, with short leases."""

import asyncio

import pytest
from attrs import evolve

from adapters.memory.mailbox import MemoryMailbox
from domain.people.person import Person
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import ANA, BOB, enqueued
from support.polling import eventually
from support.watched_ports import WatchedMailbox
from support.workers import hurry, working

LEASE_SECONDS = 0.4
PEOPLE = [Person(phone=f"1555000{number:04}") for number in range(200)]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def short_leases() -> Answering:
    return Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=LEASE_SECONDS)))


def another(answering: Answering) -> Answering:
    """The parts of a second worker: the same store, channel and people, but a process of its own."""
    return evolve(
        answering,
        mailbox=WatchedMailbox(answering.mailbox.mailbox),
        agent=type(answering.agent)(),
    )


async def answered(answering: Answering, times: int) -> None:
    await eventually(lambda: len(answering.messenger.sent) >= times)


async def rounds(answering: Answering, times: int = 10) -> None:
    """Wait until each loop of the worker has run so many times more."""
    seen = answering.mailbox.steps.count("promote")
    await eventually(lambda: answering.mailbox.steps.count("promote") >= seen + times)


async def test_answers_messages_from_before_and_after_its_start() -> None:
    """Nobody has to call it."""
    answering = Answering()
    await answering.accept(enqueued("before", person=ANA))

    async with working(answering.mailbox, answering.answer):
        await answered(answering, 1)
        await answering.accept(enqueued("after", person=BOB))
        await answered(answering, 2)

    assert answering.messenger.sent_texts == ["You said: before", "You said: after"]


async def test_counts_its_turns() -> None:
    """By outcome, for Prometheus."""
    answering = Answering()
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer) as running:
        await answered(answering, 1)

    assert 'trunkline_turns_total{channel="whatsapp",outcome="answered"} 1.0' in running.metrics.render().decode()


async def test_shows_its_turns_in_flight_and_its_places() -> None:
    """As often as it renews its leases."""
    answering = short_leases()
    answering.agent.hold()
    await answering.accept(enqueued(person=ANA), enqueued(person=BOB))

    async with working(answering.mailbox, answering.answer, concurrency=8) as running:
        in_flight = b'trunkline_turns_in_flight{channel="whatsapp"} %.1f'
        await eventually(lambda: in_flight % 2 in running.metrics.render())
        answering.agent.release()
        await eventually(lambda: in_flight % 0 in running.metrics.render())

    assert b"trunkline_turn_places 8.0" in running.metrics.render()


async def test_two_quick_messages_are_answered_in_order() -> None:
    """The second waits for the end of the first one's turn."""
    answering = Answering()
    answering.agent.hold()

    async with working(answering.mailbox, answering.answer):
        await answering.accept(enqueued("first"))
        await answering.agent.called(1)
        await answering.accept(enqueued("second"))
        await rounds(answering)
        assert len(answering.agent.calls) == 1
        answering.agent.release()
        await answered(answering, 2)

    assert answering.messenger.sent_texts == ["You said: first", "You said: second"]


async def test_a_due_retry_is_answered() -> None:
    """Nobody has to call it."""
    answering = Answering()
    outcomes = iter([AgentFailure.UNREACHABLE])
    answering.agent.script = lambda _: next(outcomes, "at last")
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer):
        await answered(answering, 1)

    assert answering.messenger.sent_texts == ["at last"]


async def test_many_conversations_wait_for_their_agent_at_once() -> None:
    """None waits for the slow agent of another."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(*(enqueued(person.key, person=person) for person in PEOPLE))

    async with working(answering.mailbox, answering.answer):
        await asyncio.wait_for(answering.agent.called(len(PEOPLE)), 10)
        answering.agent.release()
        await answered(answering, len(PEOPLE))

    assert all(answering.messenger.sent_texts_to(person) == [f"You said: {person.key}"] for person in PEOPLE)


async def test_claims_no_more_than_its_limit() -> None:
    """The rest stays in the store for other workers."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(*(enqueued(person=person) for person in PEOPLE[:20]))

    async with working(answering.mailbox, answering.answer, concurrency=5) as running:
        await answering.agent.called(5)
        await rounds(answering)
        assert (len(answering.agent.calls), running.turns) == (5, 5)
        answering.agent.release()
        await answered(answering, 20)

    assert len(answering.messenger.sent) == 20


async def test_renews_its_lease_while_the_agent_runs() -> None:
    """For several lease times. Another worker finds nothing to take over."""
    answering = short_leases()
    other = another(answering)
    answering.agent.hold()
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer):
        await answering.agent.called(1)
        async with working(other.mailbox, other.answer, name="b"):
            await eventually(lambda: answering.mailbox.steps.count("renew") >= 10)
            assert "reap" in other.mailbox.steps
            answering.agent.release()
            await answered(answering, 1)

    assert (len(answering.agent.calls), len(other.agent.calls)) == (1, 0)
    assert len(answering.messenger.sent) == 1


async def test_a_stopping_worker_claims_no_more() -> None:
    """New messages are for other workers."""
    answering = Answering()
    other = another(answering)
    answering.agent.hold()
    await answering.accept(enqueued("first", person=ANA))

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(1)
        running.stopping.set()
        await eventually(lambda: not answering.mailbox.under_way["claim"])
        await answering.accept(enqueued("late", person=BOB))
        answering.agent.release()
        await running.stop()

    assert answering.messenger.sent_texts == ["You said: first"]
    async with working(other.mailbox, other.answer, name="b"):
        await answered(answering, 2)
    assert len(other.agent.calls) == 1


async def test_a_stopping_worker_finishes_its_turns() -> None:
    """Within its grace."""
    answering = Answering()
    answering.agent.hold()
    await answering.accept(enqueued())

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(1)
        stopping = asyncio.create_task(running.stop())
        await asyncio.sleep(0)
        answering.agent.release()
        await stopping

    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_a_stopping_worker_hands_back_long_turns() -> None:
    """At once: another worker answers long before the lease would expire, and nothing is sent twice."""
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=60)))
    other = another(answering)
    answering.agent.hold()
    await answering.accept(*(enqueued(person.key, person=person) for person in PEOPLE[:50]))

    async with working(answering.mailbox, answering.answer, grace_seconds=0.05) as running:
        await answering.agent.called(50)
        async with working(other.mailbox, other.answer, name="b"):
            await running.stop()
            await answered(answering, 50)
    answering.agent.release()

    assert all(answering.messenger.sent_texts_to(person) == [f"You said: {person.key}"] for person in PEOPLE[:50])
    assert running.turns == 0


async def test_an_idle_worker_stops_at_once() -> None:
    """It does not wait for its grace."""
    answering = Answering()

    async with working(answering.mailbox, answering.answer, grace_seconds=3_600) as running:
        await rounds(answering, 1)
        await running.stop()

    assert running.task.done()
