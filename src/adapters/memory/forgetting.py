"""Sessions whose memory is to be cleared, in memory."""

import time
from collections.abc import Sequence

from attrs import define, field

from application.ports.forgetting import OldSession


@define
class MemoryForgetting:
    _due: dict[OldSession, float] = field(factory=dict)

    async def add(self, *, sessions: Sequence[OldSession]) -> None:
        for session in sessions:
            self._due.setdefault(session, time.monotonic())

    async def due(self, *, limit: int, retry_seconds: float) -> tuple[OldSession, ...]:
        now = time.monotonic()
        due = tuple(session for session, at in self._due.items() if at <= now)[:limit]
        self._due |= dict.fromkeys(due, now + retry_seconds)
        return due

    async def done(self, *, session: OldSession) -> None:
        self._due.pop(session, None)
