"""Both keep the contract of the audit log."""

import time

import pytest

from adapters.memory.audit_log import MemoryAuditLog
from adapters.redis.audit_log import RedisAuditLog
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from contracts.audit_log_contract import ENTRY, EVERYTHING, AuditLogContract


class TestMemoryAuditLog(AuditLogContract):
    @pytest.fixture
    def log(self) -> MemoryAuditLog:
        return MemoryAuditLog(max_kept=10, max_looked_at=5)


class TestRedisAuditLog(AuditLogContract):
    @pytest.fixture
    def log(self, store: StoreConnections, keys: Keys) -> RedisAuditLog:
        return RedisAuditLog(store=store, keys=keys, keep_days=2, max_kept=10, max_looked_at=5)

    async def test_what_is_too_old_is_deleted(self, log: RedisAuditLog, store: StoreConnections, keys: Keys) -> None:
        """It is not shown either, before the next action deletes it."""
        old = int((time.time() - 2.1 * 24 * 3600) * 1000)
        await store.execute("XADD", keys.shared("audit"), f"{old}-0", "entry", '{"at":1}')

        before = await log.page(limit=5, only=EVERYTHING)
        await log.record(entry=ENTRY)

        assert before.entries == ()
        assert await store.execute("XLEN", keys.shared("audit")) == 1

    async def test_what_cannot_be_read_is_left_out(
        self, log: RedisAuditLog, store: StoreConnections, keys: Keys
    ) -> None:
        """Fields of later versions are ignored."""
        readable = '{"at":1,"operator":"olga","action":"x","outcome":"done","later":{}}'
        for name, record in (("entry", "{"), ("entry", '{"at":1}'), ("other", "x"), ("entry", readable)):
            await store.execute("XADD", keys.shared("audit"), "*", name, record)

        (entry,) = (await log.page(limit=5, only=EVERYTHING)).entries

        assert (entry.operator, entry.action, entry.place) == ("olga", "x", "")

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await RedisAuditLog(store=away, keys=keys).record(entry=ENTRY)
        await away.aclose()
