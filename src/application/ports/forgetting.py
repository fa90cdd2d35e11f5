"""Sessions whose memory the agents' runtime is to clear. The runtime may be away for a long time."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen


@frozen(kw_only=True)
class OldSession:
    """A session of this agent that is not used any more. `since`: unix seconds, when that was decided."""

    agent: str
    session_id: str
    since: float


class Forgetting(Protocol):
    """Keeps each session until its memory is cleared. All raise `StoreUnavailableError`.

    A session of a turn comes with the turn's own step (`TurnChanges.forget`).
    """

    async def add(self, *, sessions: Sequence[OldSession]) -> None:
        """Keep these sessions, due at once. One that is kept already stays as it is."""
        ...

    async def due(self, *, limit: int, retry_seconds: float) -> tuple[OldSession, ...]:
        """About so many sessions that are due. Each comes again after `retry_seconds`, unless `done` removes it."""
        ...

    async def done(self, *, session: OldSession) -> None:
        """Keep it no longer."""
        ...
