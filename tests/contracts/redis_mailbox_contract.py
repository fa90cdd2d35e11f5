"""The contract of the mailbox, for the one in Redis, on any server that `store` leads to."""

import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from contracts.mailbox_contract import MailboxContract
from contracts.mailbox_steps import LEASE_SECONDS, MAX_DEAD_LETTERS, MAX_WAITING


class RedisMailboxContract(MailboxContract):
    @pytest.fixture
    async def mailbox(self, store: StoreConnections, keys: Keys) -> RedisMailbox:
        mailbox = RedisMailbox(
            store=store,
            keys=keys,
            clock=SystemClock(),
            lease_seconds=LEASE_SECONDS,
            turn_messages=5,
            max_waiting=MAX_WAITING,
            max_dead_letters=MAX_DEAD_LETTERS,
        )
        await mailbox.prepare()
        return mailbox

    @pytest.fixture
    def dead_letters(self, store: StoreConnections, keys: Keys) -> RedisDeadLetters:
        return RedisDeadLetters(store=store, keys=keys)
