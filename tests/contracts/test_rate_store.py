"""Both rate stores keep the contract."""

import pytest

from adapters.memory.rate_store import MemoryRateStore
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.rate_store import RedisRateStore
from contracts.rate_store_contract import RateStoreContract, hits
from support.polling import eventually


class TestMemoryRateStore(RateStoreContract):
    @pytest.fixture
    def rates(self) -> MemoryRateStore:
        return MemoryRateStore()


class TestRedisRateStore(RateStoreContract):
    @pytest.fixture
    def rates(self, store: StoreConnections, keys: Keys) -> RedisRateStore:
        return RedisRateStore(store=store, keys=keys)

    async def test_a_quiet_person_costs_no_key(self, rates: RedisRateStore, store: StoreConnections) -> None:
        """The log vanishes with its time."""
        await rates.record(key="ana", hits=hits(1001.0), keep_seconds=0.02)

        async def gone() -> bool:
            return not await store.commands.keys(f"{rates.keys.prefix}:*")

        await eventually(gone)
