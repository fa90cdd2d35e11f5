"""The mailbox on Redis and Valkey keeps the contract, and some promises of its own."""

import asyncio

import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.keys import Keys
from adapters.redis.mailbox import PartitionMismatchError, RedisMailbox
from adapters.system_clock import SystemClock
from contracts.mailbox_contract import LEASE_SECONDS, MailboxContract, begin_one
from support.messages import post


class TestRedisMailbox(MailboxContract):
    @pytest.fixture
    async def mailbox(self, store: StoreConnections, keys: Keys) -> RedisMailbox:
        mailbox = RedisMailbox(
            store=store, keys=keys, clock=SystemClock(), lease_seconds=LEASE_SECONDS, turn_messages=5
        )
        await mailbox.prepare()
        return mailbox

    @pytest.fixture
    def dead_letters(self, store: StoreConnections, keys: Keys) -> RedisDeadLetters:
        return RedisDeadLetters(store=store, keys=keys)

    async def test_the_same_delivery_at_the_same_moment_is_stored_once(self, mailbox: RedisMailbox) -> None:
        """Twenty callers at once: one is told that the message is new."""
        same = post(message_id="wamid.1")

        answers = await asyncio.gather(*(mailbox.accept(posts=[same]) for _ in range(20)))

        assert sorted(answers) == [(False,)] * 19 + [(True,)]

    async def test_an_idle_conversation_costs_no_key(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """What stays is the queue itself, the counter, and the memory of what was seen."""
        await mailbox.accept(posts=[post()])
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)

        names = {name.split(":")[2] for name in await store.commands.keys(f"{keys.prefix}:{{0}}:*")}

        assert names == {"ready", "arrivals", "seen"}
        assert await store.commands.xlen(keys.of(0, "ready")) == 0

    async def test_another_number_of_partitions_refuses_to_start(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """Messages would be looked for in the wrong place."""
        other = RedisMailbox(store=store, keys=Keys(prefix=keys.prefix, partitions=16), clock=SystemClock())

        with pytest.raises(PartitionMismatchError, match="has 1 partitions, the configuration says 16"):
            await other.prepare()

    async def test_a_batch_over_many_partitions_is_answered_in_order(self, store: StoreConnections, keys: Keys) -> None:
        """Each message's verdict stands where the message stood."""
        spread = RedisMailbox(store=store, keys=Keys(prefix=f"{keys.prefix}-16", partitions=16), clock=SystemClock())
        await spread.prepare()
        from domain.conversations import Person  # noqa: PLC0415

        people = [post(message_id=f"wamid.{number}", person=Person(phone=f"1555000{number}")) for number in range(40)]
        await spread.accept(posts=people[::2])

        answers = await spread.accept(posts=people)

        assert answers == tuple(number % 2 == 1 for number in range(40))
