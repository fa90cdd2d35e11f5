"""The contract of the mailbox, for the one in Redis, on any server that `store` leads to."""

import pytest

from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.turns import UnreadableTurnError
from contracts.mailbox_contract import MailboxContract
from contracts.mailbox_steps import LEASE_SECONDS, MAX_DEAD_LETTERS, MAX_WAITING, begin_one, bodies, claim_one
from domain.conversations.confirmations import CONFIRM_PREFIX
from domain.messages.shared_values import Choice
from support.messages import CONVERSATION, enqueued


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
            feed=RedisActivityFeed(store=store, keys=keys),
        )
        await mailbox.prepare()
        return mailbox

    @pytest.fixture
    def dead_letters(self, store: StoreConnections, keys: Keys) -> RedisDeadLetters:
        return RedisDeadLetters(store=store, keys=keys)

    @pytest.mark.parametrize("damaged", ["not JSON", "7", "[]"])
    async def test_a_damaged_message_beside_a_yes(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys, damaged: str
    ) -> None:
        """It becomes a turn that cannot be read. The yes after it is a turn of its own."""
        button = Choice(id=f"{CONFIRM_PREFIX}7-0", title="Confirm")
        await mailbox.states.change(conversation=CONVERSATION, choices=(button,))
        mail = keys.turn(0, str(CONVERSATION))[4]
        await store.execute("ZADD", mail, 1, damaged)
        await mailbox.accept(messages=[enqueued("s\u00ed", sent_at=2.0), enqueued("thanks", sent_at=3.0)])

        claim = await claim_one(mailbox)
        with pytest.raises(UnreadableTurnError):
            await mailbox.begin(claim=claim)
        await mailbox.dead_letter(claim=claim, reason="unreadable")

        _, turn = await begin_one(mailbox)
        assert bodies(turn) == ["s\u00ed"]
