"""Two workers share one real store, and one of them crashes: every message is answered once and in order."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.inbox import EnqueuedMessage
from domain.people.person import Person
from support.answering import Answering
from support.messages import enqueued
from support.polling import eventually
from support.watched_ports import WatchedMailbox, WatchedMessenger
from support.workers import hurry, working

LEASE_SECONDS = 1.0
MESSAGES = 5
PEOPLE = [Person(phone=f"1555000{number:04}") for number in range(200)]
IN_FLIGHT = 20


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


class Processes:
    """The parts that each process has of its own: connections, mailbox and agent. They share the channel."""

    def __init__(self, *, url: str, keys: Keys) -> None:
        self._url, self.keys = url, keys
        self._stores: list[StoreConnections] = []
        self.messenger = WatchedMessenger()

    def start(self) -> Answering:
        store = StoreConnections.to(self._url)
        self._stores.append(store)
        mailbox = RedisMailbox(store=store, keys=self.keys, clock=SystemClock(), lease_seconds=LEASE_SECONDS)
        return Answering(mailbox=WatchedMailbox(mailbox), messenger=self.messenger, agent=ScriptedAgent())

    def dead_letters(self) -> RedisDeadLetters:
        return RedisDeadLetters(store=self._stores[0], keys=self.keys)

    async def aclose(self) -> None:
        for store in self._stores:
            await store.aclose()


@pytest.fixture
async def processes(valkey_url: str, keys: Keys) -> AsyncIterator[Processes]:
    processes = Processes(url=valkey_url, keys=keys)
    yield processes
    await processes.aclose()


def round_of(number: int) -> list[EnqueuedMessage]:
    """One message of everybody, in random order of people."""
    sent_at = 1_750_000_000 + number
    posts = [
        enqueued(f"{number}", message_id=f"{person.key}/{number}", person=person, sent_at=sent_at) for person in PEOPLE
    ]
    return random.sample(posts, len(posts))


async def deliver(posts: Sequence[EnqueuedMessage], webs: Sequence[Answering]) -> int:
    """Send small webhooks to two web processes in turn, three of ten to both at once.

    Returns the number of new messages.
    """
    new = 0
    for number, batch in enumerate(itertools.batched(posts, 3)):
        receivers = webs if number % 10 < 3 else [webs[number % 2]]
        answers = await asyncio.gather(*(receiver.mailbox.accept(messages=batch) for receiver in receivers))
        new += sum(itertools.chain(*answers))
    return new


def answered(messenger: WatchedMessenger, person: Person) -> list[str]:
    """The messages that this person's answers were about, in order."""
    return [line for said in messenger.sent_texts_to(person) for line in said.removeprefix("You said: ").splitlines()]


async def test_a_crash_in_the_middle_of_a_thousand_messages(processes: Processes) -> None:
    """Two hundred people write five messages each, some are delivered twice, and one of two workers crashes."""
    first, second, web = processes.start(), processes.start(), processes.start()
    webs, messenger = (first, web), processes.messenger
    await web.mailbox.prepare()
    rounds = [round_of(number) for number in range(MESSAGES)]

    async with (
        working(first.mailbox, first.answer, name="first") as crashing,
        working(second.mailbox, second.answer, name="second"),
    ):
        new = await deliver([*rounds[0], *rounds[1]], webs)
        first.agent.hold()
        new += await deliver(rounds[2], webs)
        await eventually(lambda: crashing.turns >= IN_FLIGHT)
        await crashing.crash()
        new += await deliver([*rounds[3], *rounds[4]], (second, web))
        new += await deliver(rounds[0], (second, web))
        await eventually(lambda: all(len(answered(messenger, person)) >= MESSAGES for person in PEOPLE), seconds=60)
        first.agent.release()
        await eventually(lambda: crashing.turns == 0)

    expected = [str(number) for number in range(MESSAGES)]
    assert new == MESSAGES * len(PEOPLE)
    assert {person.key: answered(messenger, person) for person in PEOPLE} == dict.fromkeys(
        (person.key for person in PEOPLE), expected
    )
    assert await processes.dead_letters().page(limit=10) == ()


async def test_two_workers_share_the_work(processes: Processes) -> None:
    """Neither is idle while the other is busy."""
    first, second = processes.start(), processes.start()
    for answering in (first, second):
        answering.agent.hold()
    await first.mailbox.prepare()

    async with (
        working(first.mailbox, first.answer, name="first", concurrency=50),
        working(second.mailbox, second.answer, name="second", concurrency=50),
    ):
        await deliver(round_of(0)[:100], (first, second))
        await asyncio.wait_for(asyncio.gather(first.agent.called(50), second.agent.called(50)), 20)
        first.agent.release()
        second.agent.release()
        await eventually(lambda: len(processes.messenger.sent) == 100)


async def test_a_worker_that_stops_hands_over_to_the_other(processes: Processes) -> None:
    """At once, long before a lease expires. Nobody is answered twice."""
    first, second = processes.start(), processes.start()
    first = evolve(first, mailbox=WatchedMailbox(evolve(first.mailbox.mailbox, lease_seconds=60)))
    second = evolve(second, mailbox=WatchedMailbox(evolve(second.mailbox.mailbox, lease_seconds=60)))
    first.agent.hold()
    await first.mailbox.prepare()

    async with working(first.mailbox, first.answer, name="first", grace_seconds=0.05) as stopping:
        await deliver(round_of(0), (first, second))
        await first.agent.called(len(PEOPLE))
        async with working(second.mailbox, second.answer, name="second"):
            await stopping.stop()
            await eventually(lambda: len(processes.messenger.sent) == len(PEOPLE))

    assert all(answered(processes.messenger, person) == ["0"] for person in PEOPLE)
