"""The mailbox in memory keeps the contract."""

import pytest

from adapters.memory.dead_letters import MemoryDeadLetters
from adapters.memory.mailbox import MemoryMailbox
from contracts.mailbox_contract import MailboxContract
from contracts.mailbox_steps import LEASE_SECONDS, MAX_DEAD_LETTERS, MAX_WAITING


class TestMemoryMailbox(MailboxContract):
    @pytest.fixture
    def mailbox(self) -> MemoryMailbox:
        return MemoryMailbox(
            lease_seconds=LEASE_SECONDS,
            turn_messages=5,
            max_waiting=MAX_WAITING,
            max_dead_letters=MAX_DEAD_LETTERS,
        )

    @pytest.fixture
    def dead_letters(self, mailbox: MemoryMailbox) -> MemoryDeadLetters:
        return MemoryDeadLetters(mailbox)
