"""Both event outboxes keep the contract."""

import pytest

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.event_outbox import MemoryEventOutbox
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.connection import StoreConnections
from adapters.redis.event_outbox import RedisEventOutbox
from adapters.redis.keys import Keys
from application.ports.event_outbox import DeadEvent, PublishedEvent
from contracts.activity_feed_contract import activity
from contracts.event_outbox_contract import HOLDER, EventOutboxContract, published
from support.polling import eventually


class TestMemoryEventOutbox(EventOutboxContract):
    @pytest.fixture
    def feed(self) -> MemoryActivityFeed:
        return MemoryActivityFeed()

    @pytest.fixture
    def outbox(self, feed: MemoryActivityFeed) -> MemoryEventOutbox:
        return MemoryEventOutbox(feed=feed)

    async def test_events_that_were_removed(self, feed: MemoryActivityFeed) -> None:
        await feed.publish(activities=[activity(number) for number in range(5)])
        outbox = MemoryEventOutbox(feed=feed, kept=2)

        page = await outbox.read(after="1", limit=10)

        assert page.missed
        assert [event.id for event in page.events] == ["4", "5"]


class TestRedisEventOutbox(EventOutboxContract):
    @pytest.fixture
    def feed(self, store: StoreConnections, keys: Keys) -> RedisActivityFeed:
        return RedisActivityFeed(store=store, keys=keys, length=100)

    @pytest.fixture
    def outbox(self, store: StoreConnections, keys: Keys, feed: RedisActivityFeed) -> RedisEventOutbox:
        return RedisEventOutbox(store=store, keys=keys, feed=feed, max_dead=3)

    async def test_events_that_were_removed(
        self, outbox: RedisEventOutbox, feed: RedisActivityFeed, store: StoreConnections
    ) -> None:
        """The page says so once: then the place is among what is left."""
        place = await outbox.claim(**HOLDER)
        assert place is not None
        events = await published(feed, outbox, 5, after=place)
        assert not (await outbox.read(after=events[0].id, limit=10)).missed
        await store.commands.xtrim(feed.keys.shared("feed"), maxlen=2, approximate=False)

        page = await outbox.read(after=events[0].id, limit=10)

        assert (page.missed, page.events) == (True, events[3:])
        assert not (await outbox.read(after=page.position, limit=10)).missed

    async def test_a_claim_that_is_not_renewed_ends(self, outbox: RedisEventOutbox) -> None:
        """Its process was killed."""
        short = RedisEventOutbox(store=outbox.store, keys=outbox.keys, feed=outbox.feed, hold_seconds=0.05)
        await short.claim(**HOLDER)

        assert await eventually(lambda: outbox.claim(receiver="crm", worker="b")) is not None
        assert await short.claim(**HOLDER) is None

    async def test_each_step_renews_what_is_kept(self, outbox: RedisEventOutbox) -> None:
        """The claim of a process that works, and the place of a receiver that is quiet."""
        client, keys = outbox.store.commands, f"{outbox.keys.prefix}:{{events:crm}}"
        place = await outbox.claim(**HOLDER)
        assert place is not None
        for name in ("claim", "place"):
            await client.pexpire(f"{keys}:{name}", 5_000)

        assert await outbox.claim(**HOLDER) == place
        assert await client.pttl(f"{keys}:place") > 5_000
        await client.pexpire(f"{keys}:claim", 1_000)
        await outbox.settle(**HOLDER, position=place)

        assert await client.pttl(f"{keys}:claim") > 5_000

    async def test_places_are_compared_by_time_first(self, outbox: RedisEventOutbox, feed: RedisActivityFeed) -> None:
        """Then by their number within a millisecond."""
        await outbox.store.commands.xadd(feed.keys.shared("feed"), {"activity": "{"}, id="60-1")

        missed = [(await outbox.read(after=place, limit=10)).missed for place in ("5-9", "60-0", "60-1", "100-0")]

        assert missed == [True, True, False, False]

    async def test_damaged_records_are_left_out(self, outbox: RedisEventOutbox, feed: RedisActivityFeed) -> None:
        """A later version may have written them; what follows goes on."""
        place = await outbox.claim(**HOLDER)
        assert place is not None
        client = outbox.store.commands
        await client.xadd(feed.keys.shared("feed"), {"activity": "{"})
        await client.rpush(f"{outbox.keys.prefix}:{{events:crm}}:dead", "{")

        assert (await outbox.read(after=place, limit=10)).events == ()
        assert await outbox.dead(receiver="crm", limit=10) == ()

    async def test_a_damaged_place_is_the_end(self, outbox: RedisEventOutbox, feed: RedisActivityFeed) -> None:
        await outbox.store.commands.set(f"{outbox.keys.prefix}:{{events:crm}}:place", "damaged")

        assert await outbox.claim(**HOLDER) == await feed.newest()

    async def test_dead_events_are_bounded(self, outbox: RedisEventOutbox) -> None:
        """The latest stay, and everything of a receiver ends some time after its last step."""
        dead = [
            DeadEvent(event=PublishedEvent(id=f"{number}-0", activity=activity(number)), reason="HTTP 500")
            for number in range(1, 6)
        ]
        await outbox.claim(**HOLDER)

        await outbox.settle(**HOLDER, position="5-0", dead=dead)

        assert await outbox.dead(receiver="crm", limit=10) == tuple(dead[2:])
        for name in ("claim", "place", "dead"):
            assert await outbox.store.commands.pttl(f"{outbox.keys.prefix}:{{events:crm}}:{name}") > 0
