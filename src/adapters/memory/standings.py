"""Standings in memory."""

from typing import Unpack

from attrs import define, evolve, field

from application.ports.standings import StandingChanges
from domain.conversations import Conversation
from domain.standing import Standing


@define
class MemoryStandings:
    _standings: dict[Conversation, Standing] = field(factory=dict)

    async def of(self, *, conversation: Conversation) -> Standing:
        return self._standings.get(conversation, Standing())

    async def change(self, *, conversation: Conversation, **changes: Unpack[StandingChanges]) -> None:
        self._standings[conversation] = evolve(await self.of(conversation=conversation), **changes)
