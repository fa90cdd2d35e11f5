"""Both keep the contract of shared sessions."""

import pytest

from adapters.memory.shared_sessions import MemorySharedSessions
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.shared_sessions import RedisSharedSessions
from application.ports.store import StoreUnavailableError
from contracts.shared_sessions_contract import SharedSessionsContract

DAY = 24 * 3600


class TestMemorySharedSessions(SharedSessionsContract):
    @pytest.fixture
    def shared_sessions(self) -> MemorySharedSessions:
        return MemorySharedSessions()


class TestRedisSharedSessions(SharedSessionsContract):
    @pytest.fixture
    def shared_sessions(self, store: StoreConnections, keys: Keys) -> RedisSharedSessions:
        return RedisSharedSessions(store=store, keys=keys)

    async def test_it_is_known_as_long_as_the_states_of_conversations(
        self, shared_sessions: RedisSharedSessions, store: StoreConnections
    ) -> None:
        """From its last use. Of a turn that had it, nothing stays."""
        name = shared_sessions._name("s")

        await shared_sessions.hold(session="s", turn="a", number=1, seconds=30)
        held = round(await store.commands.ttl(name) / DAY)
        await store.commands.expire(name, 5)
        await shared_sessions.release(session="s", turn="a", number=1)

        assert held == 90
        assert round(await store.commands.ttl(name) / DAY) == 90
        assert await store.commands.hgetall(name) == {"number": "1"}

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisSharedSessions(store=away, keys=keys).hold(session="s", turn="a", number=0, seconds=1)
        await away.aclose()
