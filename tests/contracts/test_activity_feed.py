"""Both activity feeds keep the contract."""

import pytest

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from contracts.activity_feed_contract import ActivityFeedContract, activity, take


class TestMemoryActivityFeed(ActivityFeedContract):
    @pytest.fixture
    def feed(self) -> MemoryActivityFeed:
        return MemoryActivityFeed()


class TestRedisActivityFeed(ActivityFeedContract):
    @pytest.fixture
    def feed(self, store: StoreConnections, keys: Keys) -> RedisActivityFeed:
        return RedisActivityFeed(store=store, keys=keys, length=100)

    async def test_its_length_is_bounded(self, feed: RedisActivityFeed, store: StoreConnections) -> None:
        """It does not use more and more memory."""
        stream = feed.follow(after="0")
        for _ in range(10):
            await feed.publish(activities=[activity(number) for number in range(100)])
            await take(stream, 100)

        assert await store.commands.xlen(feed.keys.shared("feed")) < 400
        await stream.aclose()  # type: ignore[attr-defined]

    async def test_publishing_never_fails(self, keys: Keys) -> None:
        """Work goes on when nobody can watch it."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        await RedisActivityFeed(store=away, keys=keys).publish(activities=[activity(1)])

        await away.aclose()
