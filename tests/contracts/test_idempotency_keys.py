"""Both keep the contract of idempotency keys."""

import asyncio

import pytest

from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.redis.connection import StoreConnections
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from contracts.idempotency_keys_contract import IdempotencyKeysContract

DAY = 24 * 3600


class TestMemoryIdempotencyKeys(IdempotencyKeysContract):
    @pytest.fixture
    def keys_of_callers(self) -> MemoryIdempotencyKeys:
        return MemoryIdempotencyKeys()


class TestRedisIdempotencyKeys(IdempotencyKeysContract):
    @pytest.fixture
    def keys_of_callers(self, store: StoreConnections, keys: Keys) -> RedisIdempotencyKeys:
        return RedisIdempotencyKeys(store=store, keys=keys)

    async def test_of_two_requests_at_once_one_has_the_key(self, keys_of_callers: RedisIdempotencyKeys) -> None:
        """The other one is refused."""
        asked = await asyncio.gather(
            *(keys_of_callers.claim(channel="whatsapp", key="k", request=f"{n % 2}") for n in range(20))
        )

        assert sorted(asked) == [False] * 10 + [True] * 10

    async def test_a_key_is_known_for_a_week(
        self, keys_of_callers: RedisIdempotencyKeys, store: StoreConnections
    ) -> None:
        """Then it is deleted."""
        await keys_of_callers.claim(channel="whatsapp", key="k", request="a")

        (name,) = await store.commands.keys(f"{keys_of_callers.keys.prefix}:*")

        assert round(await store.commands.ttl(name) / DAY) == 7

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisIdempotencyKeys(store=away, keys=keys).claim(channel="whatsapp", key="k", request="a")
        await away.aclose()
