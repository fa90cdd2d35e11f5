"""Sessions in memory."""

import time
from collections.abc import Callable

from attrs import define, field

from application.ports.sessions import Session


@define
class MemorySessions:
    clock: Callable[[], float] = time.monotonic
    _sessions: dict[str, tuple[Session, float]] = field(factory=dict)

    async def add(self, *, digest: str, session: Session, seconds: int) -> None:
        self._sessions[digest] = (session, self.clock() + seconds)

    async def of(self, *, digest: str) -> Session | None:
        session, until = self._sessions.get(digest, (None, 0.0))
        return session if self.clock() < until else None

    async def remove(self, *, digest: str) -> None:
        self._sessions.pop(digest, None)
