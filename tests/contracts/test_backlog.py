"""Each BacklogReader keeps the contract."""

import pytest
from attrs import evolve

from adapters.memory.backlog import MemoryBacklogReader
from adapters.memory.mailbox import MemoryMailbox
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.backlog import RedisBacklogReader
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.store import StoreUnavailableError
from contracts.backlog_contract import A_WHILE, SLOW, BacklogContract, age
from domain.people.person import Person
from support.messages import enqueued
from support.polling import eventually


async def prepared_mailbox(store: StoreConnections, keys: Keys) -> RedisMailbox:
    feed = RedisActivityFeed(store=store, keys=keys)
    mailbox = RedisMailbox(store=store, keys=keys, clock=SystemClock(), feed=feed)
    await mailbox.prepare()
    return mailbox


class TestMemoryBacklogReader(BacklogContract):
    @pytest.fixture
    def mailbox(self) -> MemoryMailbox:
        return MemoryMailbox()

    @pytest.fixture
    def backlog(self, mailbox: MemoryMailbox) -> MemoryBacklogReader:
        return MemoryBacklogReader(mailbox)


class TestRedisBacklogReader(BacklogContract):
    @pytest.fixture
    async def mailbox(self, store: StoreConnections, keys: Keys) -> RedisMailbox:
        return await prepared_mailbox(store, keys)

    @pytest.fixture
    def backlog(self, store: StoreConnections, keys: Keys) -> RedisBacklogReader:
        return RedisBacklogReader(store=store, keys=keys)

    @pytest.mark.parametrize("debounced", [False, True])
    async def test_it_looks_at_few_of_many(
        self, mailbox: RedisMailbox, backlog: RedisBacklogReader, *, debounced: bool
    ) -> None:
        """At those that have waited longest. The total is exact, and divided as among them."""
        more = {"debounce": SLOW} if debounced else {}
        await mailbox.accept(messages=[enqueued(person=Person(phone="15550100"), **more)])
        await eventually(lambda: _is_old(backlog), seconds=5)
        people = [Person(phone=f"15550{number}") for number in range(200, 209)]
        channels = ["sales", "whatsapp"] * 5
        await mailbox.accept(
            messages=[
                enqueued(person=person, channel=channel, **more)
                for person, channel in zip(people, channels, strict=False)
            ]
        )

        found = (await evolve(backlog, looked_at=2).read()).channels

        counted = {name: (channel.conversations, channel.messages) for name, channel in found.items()}
        assert counted == {"whatsapp": (5, 5), "sales": (5, 5)}
        assert (found["whatsapp"].oldest_seconds or 0) > A_WHILE

    @pytest.mark.parametrize("record", ["", "[]", '[{"message":{"arrived_ms":5}}]', "\xff"])
    async def test_a_record_that_cannot_be_read_has_no_age(
        self, mailbox: RedisMailbox, backlog: RedisBacklogReader, store: StoreConnections, keys: Keys, record: str
    ) -> None:
        """A damaged one, or a message whose words look like a record."""
        message = enqueued()
        await mailbox.accept(messages=[message])
        conversation = str(message.message.conversation)
        await store.commands.hset(keys.of(0, f"turn:{conversation}"), "messages", record)

        (channel,) = (await backlog.read()).channels.values()

        assert (channel.conversations, channel.oldest_seconds) == (1, None)

    async def test_keys_of_another_type_have_no_age(
        self, mailbox: RedisMailbox, backlog: RedisBacklogReader, store: StoreConnections, keys: Keys
    ) -> None:
        """One damaged conversation does not hide the others."""
        damaged, other = enqueued(person=Person(phone="15550100")), enqueued(person=Person(phone="15550101"))
        await mailbox.accept(messages=[damaged, other])
        await eventually(lambda: _is_old(backlog), seconds=5)
        for name in ("mail", "turn"):
            await store.commands.set(keys.of(0, f"{name}:{damaged.message.conversation}"), "damaged")

        (channel,) = (await backlog.read()).channels.values()

        assert (channel.conversations, channel.messages) == (2, 1)
        assert (channel.oldest_seconds or 0) > A_WHILE

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisBacklogReader(store=away, keys=keys).read()
        await away.aclose()


async def _is_old(backlog: RedisBacklogReader) -> bool:
    return await age(backlog) > A_WHILE
