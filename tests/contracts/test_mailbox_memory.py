"""The mailbox in memory keeps the contract."""

import pytest

from adapters.memory.dead_letters import MemoryDeadLetters
from adapters.memory.mailbox import MemoryMailbox
from contracts.initiated_turns_contract import InitiatedTurnsContract
from contracts.mailbox_contract import LEASE_SECONDS, MailboxContract


class TestMemoryMailbox(MailboxContract, InitiatedTurnsContract):
    @pytest.fixture
    def mailbox(self) -> MemoryMailbox:
        return MemoryMailbox(lease_seconds=LEASE_SECONDS, turn_messages=5)

    @pytest.fixture
    def dead_letters(self, mailbox: MemoryMailbox) -> MemoryDeadLetters:
        return MemoryDeadLetters(mailbox)
