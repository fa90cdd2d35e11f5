"""Both rate stores keep the contract."""

import pytest

from adapters.memory.rate_store import MemoryRateStore
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.rate_store import RedisRateStore
from contracts.rate_store_contract import RateStoreContract, arrivals
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
        """The log expires."""
        await rates.record(key="ana", admitted=arrivals(1001.0), keep_seconds=0.02)

        async def gone() -> bool:
            return not await store.commands.keys(f"{rates.keys.prefix}:*")

        await eventually(gone)

    @pytest.mark.parametrize("setting", ["maxmemory", "min-replicas-to-write"])
    async def test_the_log_can_be_read_while_the_store_refuses_writes(
        self, rates: RedisRateStore, store: StoreConnections, setting: str
    ) -> None:
        """It is out of memory, or has too few replicas."""
        await rates.record(key="ana", admitted=arrivals(1001.0), keep_seconds=60)
        await store.commands.config_set(setting, 1)
        try:
            log = await rates.log(key="ana", since=0)
        finally:
            await store.commands.config_set(setting, 0)

        assert log == tuple(arrivals(1001.0))
