"""Each BreakerStore keeps the contract."""

import asyncio
from collections.abc import Callable

import pytest

from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.redis.breaker_store import RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.breaker_store import BreakerStore, State
from application.ports.store import StoreUnavailableError
from contracts.breaker_store_contract import TRIAL_SECONDS, BreakerStoreContract

CALLS: dict[str, Callable[[BreakerStore], object]] = {
    "open": lambda breakers: breakers.open(channel="whatsapp", reason="spam", seconds=1),
    "try_acquire": lambda breakers: breakers.try_acquire(channel="whatsapp"),
    "status": lambda breakers: breakers.status(channel="whatsapp"),
    "close": lambda breakers: breakers.close(channel="whatsapp"),
}


class TestMemoryBreakerStore(BreakerStoreContract):
    @pytest.fixture
    def breakers(self) -> MemoryBreakerStore:
        return MemoryBreakerStore(trial_seconds=TRIAL_SECONDS)


class TestRedisBreakerStore(BreakerStoreContract):
    @pytest.fixture
    def breakers(self, store: StoreConnections, keys: Keys) -> RedisBreakerStore:
        return RedisBreakerStore(store=store, keys=keys, trial_seconds=TRIAL_SECONDS)

    async def test_one_of_many_callers_makes_the_trial(self, breakers: RedisBreakerStore) -> None:
        """Of all that ask at the same moment."""
        await breakers.open(channel="whatsapp", reason="spam", seconds=0)

        found = await asyncio.gather(*(breakers.try_acquire(channel="whatsapp") for _ in range(20)))

        assert [breaker.state for breaker in found].count(State.HALF_OPEN) == 1

    @pytest.mark.parametrize("call", CALLS)
    async def test_without_the_store_it_raises(self, keys: Keys, call: str) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await CALLS[call](RedisBreakerStore(store=away, keys=keys))  # type: ignore[misc]
        await away.aclose()
