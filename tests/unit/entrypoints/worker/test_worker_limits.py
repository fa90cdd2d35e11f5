"""How many conversations a worker claims over all partitions. None of them is left behind when it ends."""

import asyncio

import pytest
from attrs import define, frozen

from adapters.memory.mailbox import MemoryMailbox
from application.lease import Lease
from application.ports.leases import Claim
from domain.conversations.outcome import Outcome
from domain.people.person import Person
from entrypoints.worker import admission
from support.answering import Answering
from support.messages import enqueued
from support.polling import eventually
from support.watched_ports import WatchedMailbox
from support.workers import hurry, working

PEOPLE = [Person(phone=f"1555000{number:04}") for number in range(20)]
EVERYWHERE = frozenset(range(16))


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@define
class EndlessMailbox:
    """Sixteen partitions. Those in `busy` always have more conversations. It counts the open claims."""

    busy: frozenset[int] = EVERYWHERE
    partitions: int = 16
    lease_seconds: float = 0.05
    given: int = 0
    out: int = 0
    most_out: int = 0
    largest: int = 0

    async def prepare(self) -> None:
        """Nothing to do."""

    async def claim(self, *, partition: int, worker: str, limit: int, wait_seconds: float) -> tuple[Claim, ...]:
        await asyncio.sleep(0.001 if partition in self.busy else wait_seconds)
        return self._give(partition, worker, limit)

    async def reap(self, *, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        await asyncio.sleep(0.001)
        return self._give(partition, worker, limit)

    async def promote(self, *, partition: int) -> float | None:
        return None

    async def renew(self, *, claims: object) -> tuple[Claim, ...]:
        return ()

    async def release(self, *, claim: Claim) -> None:
        self.out -= 1

    def _give(self, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        count = limit if partition in self.busy else 0
        self.given += count
        self.out += count
        self.most_out = max(self.most_out, self.out)
        self.largest = max(self.largest, count)
        claim = Claim(conversation="whatsapp:1", partition=partition, token="1-0", worker=worker, delivery=1)
        return (claim,) * count


@frozen
class BriefAnswer:
    """Needs a hundredth of a second for each claim."""

    mailbox: EndlessMailbox

    async def __call__(self, *, lease: Lease) -> Outcome:
        await asyncio.sleep(0.01)
        self.mailbox.out -= 1
        return Outcome.ANSWERED


@pytest.mark.parametrize("concurrency", [1, 5, 16, 100])
async def test_all_partitions_together_stay_within_the_limit(concurrency: int) -> None:
    """The limit is not one for each partition, and takeovers count too."""
    mailbox = EndlessMailbox()

    async with working(mailbox, BriefAnswer(mailbox), concurrency=concurrency):
        await eventually(lambda: mailbox.given > 10 * concurrency)

    assert mailbox.most_out <= concurrency


async def test_idle_partitions_do_not_keep_the_last_places() -> None:
    """The one busy partition of sixteen gets all places, although there are fewer places than partitions."""
    mailbox = EndlessMailbox(busy=frozenset({15}))

    async with working(mailbox, BriefAnswer(mailbox), concurrency=3):
        await eventually(lambda: mailbox.given >= 100)

    assert mailbox.most_out <= 3


async def test_a_cancelled_worker_hands_back_its_turns() -> None:
    """At once: otherwise the leases would expire, and the turns would be answered twice."""
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=60)))
    answering.agent.hold()
    await answering.accept(*(enqueued(person=person) for person in PEOPLE))

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(len(PEOPLE))
        running.task.cancel()
        await asyncio.wait([running.task])

        assert (running.task.cancelled(), running.turns) == (True, 0)
    assert len(await answering.mailbox.claim(partition=0, worker="b", limit=100, wait_seconds=1)) == len(PEOPLE)


async def broken() -> None:
    raise ZeroDivisionError


async def test_an_unexpected_error_ends_it_and_hands_back() -> None:
    """The error itself is raised, so that it can be shown. No task is left running."""
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=60)))
    answering.agent.hold()
    await answering.accept(*(enqueued(person=person) for person in PEOPLE))

    async with working(answering.mailbox, answering.answer) as running:
        await answering.agent.called(len(PEOPLE))
        answering.mailbox.before["promote"] = broken
        await asyncio.wait([running.task])

        assert isinstance(running.task.exception(), ZeroDivisionError)
        assert running.turns == 0
    assert len(await answering.mailbox.mailbox.claim(partition=0, worker="b", limit=100, wait_seconds=1)) == len(PEOPLE)


async def test_claims_that_arrive_after_the_stop_are_handed_back() -> None:
    """A claim was under way. Another worker has more time for it."""
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=60)))
    arrived = asyncio.Event()

    async with working(answering.mailbox, answering.answer) as running:
        answering.mailbox.before["claim"] = arrived.wait
        await eventually(lambda: answering.mailbox.under_way["claim"])
        await answering.accept(enqueued())
        running.stopping.set()
        arrived.set()
        await running.stop()

    assert answering.agent.calls == []
    assert len(await answering.mailbox.mailbox.claim(partition=0, worker="b", limit=1, wait_seconds=1)) == 1


@pytest.mark.parametrize("beside_web", [True, False])
async def test_beside_the_web_few_turns_begin_while_the_loop_is_late(
    monkeypatch: pytest.MonkeyPatch, *, beside_web: bool
) -> None:
    """Webhooks come first. Yet turns go on, and a worker alone takes what it can."""
    monkeypatch.setattr(admission, "MAX_LAG_SECONDS", -1.0)  # always late
    monkeypatch.setattr(admission, "MEASURE_SECONDS", 0.001)
    mailbox = EndlessMailbox(busy=frozenset({0}), partitions=1)

    async with working(mailbox, BriefAnswer(mailbox), concurrency=50, beside_web=beside_web):
        await eventually(lambda: mailbox.given > 200)
        mailbox.largest = 0
        given = mailbox.given
        await eventually(lambda: mailbox.given > given + 200)

    assert (mailbox.largest == 1) == beside_web
