"""Both keep the contract of operators."""

import pytest

from adapters.memory.operators import MemoryOperators
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.operators import RedisOperators
from application.ports.store import StoreUnavailableError
from contracts.operators_contract import OLGA, OperatorsContract


class TestMemoryOperators(OperatorsContract):
    @pytest.fixture
    def operators(self) -> MemoryOperators:
        return MemoryOperators(max_kept=3)


class TestRedisOperators(OperatorsContract):
    @pytest.fixture
    def operators(self, store: StoreConnections, keys: Keys) -> RedisOperators:
        return RedisOperators(store=store, keys=keys, max_kept=3)

    @pytest.mark.parametrize(
        "record",
        ["", "{", "[]", '{"role": "king", "channels": [], "digest": "x", "created_at": 1}', '{"role": "admin"}'],
    )
    async def test_a_record_that_cannot_be_read_opens_nothing(
        self, operators: RedisOperators, store: StoreConnections, keys: Keys, record: str
    ) -> None:
        """It may be of a later version, or damaged. The others are found, and it can be removed."""
        await operators.add(registered=OLGA)
        await store.execute("HSET", keys.shared("operators"), "king", record)

        assert await operators.of(name="king") is None
        assert await operators.all() == (OLGA,)
        await operators.remove(name="king")

    async def test_fields_of_later_versions_are_ignored(
        self, operators: RedisOperators, store: StoreConnections, keys: Keys
    ) -> None:
        """Versions run beside each other."""
        record = '{"role": "viewer", "channels": ["a"], "digest": "x", "created_at": 1, "team": "b"}'
        await store.execute("HSET", keys.shared("operators"), "olga", record)

        registered = await operators.of(name="olga")

        assert registered is not None
        assert registered.operator.channels == ("a",)

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisOperators(store=away, keys=keys).of(name="olga")
        await away.aclose()
