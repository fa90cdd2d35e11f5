"""The memory messenger keeps the contract."""

import pytest
from attrs import field, frozen

from adapters.channel_kit.contracts.messenger import MessengerContract
from adapters.memory.messenger import MemoryMessenger
from domain.policies.retry import SendFailure


@frozen
class MemoryFarSide:
    messenger: MemoryMessenger = field(factory=MemoryMessenger)

    def sent_texts(self) -> list[str]:
        return [part.body for part in self.messenger.sent]

    def references(self) -> list[str]:
        return [part.reference for part in self.messenger.sent]

    def acknowledged(self) -> list[str]:
        return [message.id for message in self.messenger.acknowledged]

    def fail_next(self, failure: SendFailure) -> None:
        self.messenger.fail_next(failure)


class TestMemoryMessenger(MessengerContract):
    @pytest.fixture
    def far_side(self) -> MemoryFarSide:
        return MemoryFarSide()
