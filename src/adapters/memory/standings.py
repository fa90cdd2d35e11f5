"""Standings in memory."""

from collections.abc import Sequence
from typing import Any, Unpack

from attrs import define, evolve, field

from application.ports.standings import StandingChanges
from domain.conversations import Conversation
from domain.standing import MAX_REMARK_LENGTH, MAX_REMARKS_LENGTH, MOST_REMARKS, Standing
from domain.wording import cut

GROWING = ("heard_at", "human_until", "marketing_stopped_at", "marketing_resumed_at")


@define
class MemoryStandings:
    _standings: dict[Conversation, Standing] = field(factory=dict)

    async def of(self, *, conversation: Conversation) -> Standing:
        return self._standings.get(conversation, Standing())

    async def change(
        self, *, conversation: Conversation, heard: Sequence[str] = (), **changes: Unpack[StandingChanges]
    ) -> None:
        standing = await self.of(conversation=conversation)
        if heard:
            left = tuple(remark for remark in standing.remarks if remark not in heard)
            standing = evolve(standing, remarks=left, left_out=0)
        changed = evolve(standing, **changes)
        times: dict[str, Any] = {name: _later(getattr(changed, name), getattr(standing, name)) for name in GROWING}
        self._standings[conversation] = evolve(changed, **times)

    async def note(self, *, conversation: Conversation, remarks: Sequence[str]) -> None:
        standing = await self.of(conversation=conversation)
        noted = tuple(dict.fromkeys((*standing.remarks, *(cut(remark, MAX_REMARK_LENGTH) for remark in remarks))))
        kept = noted[-MOST_REMARKS:]
        while sum(map(len, kept)) > MAX_REMARKS_LENGTH:
            kept = kept[1:]
        left_out = standing.left_out + len(noted) - len(kept)
        self._standings[conversation] = evolve(standing, remarks=kept, left_out=left_out)


def _later(time: float | None, before: float | None) -> float | None:
    return time if time is None or before is None else max(time, before)
