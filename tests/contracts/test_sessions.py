"""Both keep the contract of sessions."""

import pytest

from adapters.memory.sessions import MemorySessions
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.sessions import RedisSessions
from application.ports.store import StoreUnavailableError
from contracts.sessions_contract import OLGA, SessionsContract


class TestMemorySessions(SessionsContract):
    @pytest.fixture
    def sessions(self) -> MemorySessions:
        return MemorySessions()

    async def test_it_ends_by_itself(self) -> None:
        """After its seconds."""
        now = [100.0]
        sessions = MemorySessions(clock=lambda: now[0])
        await sessions.add(digest="a", session=OLGA, seconds=60)

        now[0] = 160.0

        assert await sessions.of(digest="a") is None


class TestRedisSessions(SessionsContract):
    @pytest.fixture
    def sessions(self, store: StoreConnections, keys: Keys) -> RedisSessions:
        return RedisSessions(store=store, keys=keys)

    async def test_it_ends_by_itself(self, sessions: RedisSessions, store: StoreConnections, keys: Keys) -> None:
        """After its seconds."""
        await sessions.add(digest="a", session=OLGA, seconds=60)

        assert 55 <= await store.execute("TTL", keys.shared("login:a")) <= 60

    @pytest.mark.parametrize("record", ["", "{", "[]", '{"operator": "olga"}'])
    async def test_a_record_that_cannot_be_read_is_none(
        self, sessions: RedisSessions, store: StoreConnections, keys: Keys, record: str
    ) -> None:
        """It opens nothing."""
        await store.execute("SET", keys.shared("login:a"), record)

        assert await sessions.of(digest="a") is None

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisSessions(store=away, keys=keys).of(digest="a")
        await away.aclose()
