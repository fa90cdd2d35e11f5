"""Both message logs keep the contract."""

import asyncio

import pytest
from attrs import evolve

from adapters.memory.message_log import MemoryMessageLog
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.message_log import RedisMessageLog
from application.ports.store import StoreUnavailableError
from contracts.message_log_contract import ON_THEIR_WAY, MessageLogContract, advance, remembered, update, words
from domain.conversations.delivery import DeliveryStatus
from support.polling import eventually


class TestMemoryMessageLog(MessageLogContract):
    @pytest.fixture
    def log(self) -> MemoryMessageLog:
        return MemoryMessageLog()


class TestRedisMessageLog(MessageLogContract):
    @pytest.fixture
    def log(self, store: StoreConnections, keys: Keys) -> RedisMessageLog:
        return RedisMessageLog(store=store, keys=keys)

    async def test_old_messages_are_forgotten(self, log: RedisMessageLog, store: StoreConnections) -> None:
        """Texts and statuses do not use more and more memory."""
        brief = evolve(log, keep_seconds=0.02, keep_status_seconds=0.02)
        await brief.remember(messages=[remembered("Hello", message_id="wamid.1")])
        await advance(brief, DeliveryStatus.SENT)
        await brief.advance(updates=[update(DeliveryStatus.SENT, message_id="wamid.2")])

        async def gone() -> bool:
            return not await store.commands.keys(f"{log.keys.prefix}:*")

        await eventually(gone)

    async def test_it_remembers_for_a_day(self, log: RedisMessageLog, store: StoreConnections) -> None:
        """Counted from the last status of a message."""
        lives = []
        for _ in range(2):
            await log.remember(messages=[remembered("Hello")])
            await advance(log, DeliveryStatus.SENT)
            for name in await store.commands.keys(f"{log.keys.prefix}:*"):
                lives.append(await store.commands.ttl(name))
                await store.commands.expire(name, 60)

        assert [round(seconds / 3600) for seconds in lives] == [24] * 4

    async def test_the_same_status_at_the_same_moment_is_new_once(self, log: RedisMessageLog) -> None:
        """Of twenty webhooks at once, one publishes it."""
        answers = await asyncio.gather(*(advance(log, DeliveryStatus.FAILED) for _ in range(20)))

        assert sorted(answers) == [[False]] * 19 + [[True]]

    async def test_without_the_store_texts_are_missing_and_statuses_are_new(self, keys: Keys) -> None:
        """No text is kept, no file counts as arrived, and every status counts as new."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)
        log = RedisMessageLog(store=away, keys=keys)

        await log.remember(messages=[remembered("Hello"), remembered("Bye", message_id="wamid.2")])

        with pytest.raises(StoreUnavailableError):
            await words(log, "wamid.1", "wamid.2")
        assert not await log.arrived(channel="whatsapp", message_id="wamid.1")
        assert await log.advance(updates=[update(status) for status in ON_THEIR_WAY]) == (True, True, True, True)
        await away.aclose()
