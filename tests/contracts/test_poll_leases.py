"""Both keep the contract of poll leases."""

import pytest

from adapters.memory.poll_leases import MemoryPollLeases
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.poll_leases import RedisPollLeases
from application.ports.store import StoreUnavailableError
from contracts.poll_leases_contract import PollLeasesContract


class TestMemoryPollLeases(PollLeasesContract):
    @pytest.fixture
    def poll_leases(self) -> MemoryPollLeases:
        return MemoryPollLeases()


class TestRedisPollLeases(PollLeasesContract):
    @pytest.fixture
    def poll_leases(self, store: StoreConnections, keys: Keys) -> RedisPollLeases:
        return RedisPollLeases(store=store, keys=keys)

    async def test_a_lease_leaves_nothing_behind(self, poll_leases: RedisPollLeases, store: StoreConnections) -> None:
        """Its key expires with it."""
        await poll_leases.hold(channel="bot", holder="a", seconds=30)

        (name,) = await store.commands.keys(f"{poll_leases.keys.prefix}:*")

        assert 0 < await store.commands.ttl(name) <= 30

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisPollLeases(store=away, keys=keys).hold(channel="bot", holder="a", seconds=1)
        await away.aclose()
