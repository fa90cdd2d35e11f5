"""A cluster of three primaries and three replicas carries the mailbox."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator

import pytest
from attrs import define, field
from redis.exceptions import RedisError

from adapters.redis.mailbox import RedisMailbox
from application.ports.leases import LeaseLostError
from application.ports.store import StoreUnavailableError
from domain.people.person import Person
from integration.cluster.conftest import PARTITIONS
from support.begin import begin_turn
from support.cluster import FORGOTTEN_CONNECTIONS, Cluster
from support.messages import enqueued
from support.polling import eventually

pytestmark = FORGOTTEN_CONNECTIONS


@define
class Traffic:
    """Accepts messages and completes their turns as fast as possible. Records what was acknowledged and answered."""

    mailbox: RedisMailbox
    acknowledged: set[str] = field(factory=set)
    worked_on: set[str] = field(factory=set)
    _numbers: "itertools.count[int]" = field(factory=itertools.count)

    async def accept_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            person = Person(phone=f"1555{next(self._numbers):07d}")
            batch = [enqueued(person=person) for _ in range(2)]
            with contextlib.suppress(StoreUnavailableError):
                await self.mailbox.accept(messages=batch)
                self.acknowledged |= {entry.message.id for entry in batch}

    async def work_until(self, stop: asyncio.Event, partition: int) -> None:
        while not stop.is_set():
            try:
                await self._work(partition)
            except StoreUnavailableError:
                await asyncio.sleep(0.05)

    async def _work(self, partition: int) -> None:
        worker = f"worker-{partition}"
        claims = await self.mailbox.claim(partition=partition, worker=worker, limit=10, wait_seconds=0.05)
        claims += await self.mailbox.reap(partition=partition, worker=worker, limit=10)
        for claim in claims:
            with contextlib.suppress(LeaseLostError):
                turn = await begin_turn(self.mailbox, claim)
                if turn is not None:
                    self.worked_on |= {message.id for message in turn.messages}
                    await self.mailbox.complete(claim=claim)

    async def is_over(self) -> bool:
        """Whether every acknowledged message reached a worker, and no partition has any work left."""
        with contextlib.suppress(RedisError):
            waiting = [await self._tokens(partition) for partition in range(PARTITIONS)]
            return self.acknowledged <= self.worked_on and not any(waiting)
        return False

    async def _tokens(self, partition: int) -> int:
        return int(await self.mailbox.store.commands.hlen(self.mailbox.keys.of(partition, "tokens")))


@contextlib.asynccontextmanager
async def traffic_on(mailbox: RedisMailbox) -> AsyncIterator[Traffic]:
    """Traffic runs as long as the block runs. Then everything that was acknowledged is completed."""
    traffic, stop_accepting, stop_working = Traffic(mailbox), asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(traffic.accept_until(stop_accepting))
        for partition in range(PARTITIONS):
            group.create_task(traffic.work_until(stop_working, partition))
        try:
            await eventually(lambda: len(traffic.worked_on) > 100, seconds=30)
            yield traffic
            stop_accepting.set()
            await eventually(traffic.is_over, seconds=60)
        finally:
            stop_accepting.set()
            stop_working.set()


async def more_is_acknowledged(traffic: Traffic, count: int = 200) -> None:
    enough = len(traffic.acknowledged) + count
    await eventually(lambda: len(traffic.acknowledged) > enough, seconds=60)


@pytest.mark.timeout(240)
async def test_a_primary_is_killed_under_load(cluster: Cluster, mailbox: RedisMailbox) -> None:
    """Its replica takes over. No acknowledged message is lost."""
    async with traffic_on(mailbox) as traffic:
        crash_worker = await cluster.primary_of(mailbox.keys.of(0, "ready"))
        await crash_worker.kill()
        await eventually(cluster.serves, seconds=60)
        await more_is_acknowledged(traffic)

    assert traffic.acknowledged <= traffic.worked_on


@pytest.mark.timeout(240)
async def test_slots_are_moved_under_load(cluster: Cluster, mailbox: RedisMailbox) -> None:
    """Partitions move to another node while they are in use. Nothing is lost, and nothing is stored twice."""
    async with traffic_on(mailbox) as traffic:
        for partition in range(4):
            key = mailbox.keys.of(partition, "ready")
            home = await cluster.primary_of(key)
            target = next(node for node in cluster.nodes[:3] if node is not home)
            await cluster.move_slot(key, to=target)
        await more_is_acknowledged(traffic)

    assert traffic.acknowledged <= traffic.worked_on
