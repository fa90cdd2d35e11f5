"""One line of the log for each turn: ids, outcome and times, never words."""

import time

import structlog
from attrs import define, field
from structlog.typing import FilteringBoundLogger

from application.lease import Lease
from domain.conversations.outcome import Outcome
from entrypoints.observability.log_sampling import TURN_ENDED

INTERVAL_SECONDS = 10.0
MAX_LINES = 1000
# Nothing has ended: the same turn comes back, and has its line then.
UNFINISHED = frozenset({Outcome.NOTHING_WAITED, Outcome.DEFERRED, Outcome.RETRIED})

logger: FilteringBoundLogger = structlog.get_logger(__name__)


@define
class TurnLog:
    """Writes at most `MAX_LINES` in `INTERVAL_SECONDS`; the next line says how many turns had none (`omitted`).

    A service that answers more than a hundred turns a second must not spend its time on lines.
    """

    worker: str
    _logger: FilteringBoundLogger = field(init=False)
    _began: float = field(factory=time.monotonic, init=False)
    _lines: int = field(default=0, init=False)
    _omitted: int = field(default=0, init=False)

    @_logger.default
    def _logger_of_worker(self) -> FilteringBoundLogger:
        return logger.bind(worker=self.worker)

    def ended(self, outcome: Outcome, *, lease: Lease, seconds: float) -> None:
        """`seconds` is how long the worker had the turn. An unfinished turn is logged for debugging only."""
        if outcome in UNFINISHED:
            self._logger.debug("turn is not finished", outcome=outcome, **self._ids(lease))
        elif self._has_room():
            omitted, self._omitted = self._omitted, 0
            more = {"omitted": omitted} if omitted else {}
            self._logger.info(TURN_ENDED, outcome=outcome, seconds=round(seconds, 3), **self._ids(lease), **more)
        else:
            self._omitted += 1

    def _has_room(self) -> bool:
        now = time.monotonic()
        if now - self._began >= INTERVAL_SECONDS:
            self._began, self._lines = now, 0
        self._lines += 1
        return self._lines <= MAX_LINES

    def _ids(self, lease: Lease) -> dict[str, object]:
        turn, claim = lease.turn, lease.claim
        of_turn = {"turn_id": turn.id, "messages": len(turn.messages), "retries": turn.retries} if turn else {}
        return {"channel": claim.channel, **of_turn, "delivery": claim.delivery}
