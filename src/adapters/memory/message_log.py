"""The message log in memory. It forgets nothing."""

from collections.abc import Sequence

from attrs import define, field

from application.ports.message_log import Remembered
from domain.conversations.delivery import RANK, DeliveryStatus, StatusUpdate


@define
class MemoryMessageLog:
    _messages: dict[tuple[str, str], Remembered] = field(factory=dict)
    _ranks: dict[tuple[str, str], int] = field(factory=dict)

    async def remember(self, *, messages: Sequence[Remembered]) -> None:
        for message in messages:
            self._messages[message.channel, message.message_id] = message

    async def recall(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, Remembered]:
        known = {id_: self._messages.get((channel, id_)) for id_ in message_ids}
        return {id_: message for id_, message in known.items() if message and message.text}

    async def statuses(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, DeliveryStatus]:
        status_of = {rank: status for status, rank in RANK.items()}
        known = {id_: self._ranks.get((channel, id_)) for id_ in message_ids}
        return {id_: status_of[rank] for id_, rank in known.items() if rank}

    async def arrived(self, *, channel: str, message_id: str) -> bool:
        return self._ranks.get((channel, message_id), 0) > RANK[DeliveryStatus.SENT]

    async def advance(self, *, updates: Sequence[StatusUpdate]) -> tuple[bool, ...]:
        return tuple(self._advance(update) for update in updates)

    def _advance(self, update: StatusUpdate) -> bool:
        message, rank = (update.channel, update.message_id), RANK[update.status]
        if rank <= self._ranks.get(message, 0):
            return False
        self._ranks[message] = rank
        return True
