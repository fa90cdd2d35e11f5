"""Shared sessions in memory."""

import time

from attrs import define, field


@define
class MemorySharedSessions:
    """`_held` has the turn that has each session, and until when."""

    _held: dict[str, tuple[str, float]] = field(factory=dict)
    _numbers: dict[str, int] = field(factory=dict)

    async def hold(self, *, session: str, turn: str, number: int, seconds: float) -> int | None:
        now, highest = time.monotonic(), self._learn(session, number)
        holder, until = self._held.get(session, (turn, now))
        if holder != turn and now < until:
            return None
        self._held[session] = (turn, now + seconds)
        return highest

    async def release(self, *, session: str, turn: str, number: int) -> None:
        self._learn(session, number)
        if self._held.get(session, ("", 0.0))[0] == turn:
            del self._held[session]

    def _learn(self, session: str, number: int) -> int:
        self._numbers[session] = max(number, self._numbers.get(session, 0))
        return self._numbers[session]
