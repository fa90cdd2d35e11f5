"""What the log says of a store in trouble: a line when it begins and one when it is over, not one a failed call."""

import time

import structlog
from attrs import define

from application.ports.store import StoreUnavailableError

# While it lasts, or comes and goes.
SAID_AGAIN_SECONDS = 30.0

logger = structlog.get_logger(__name__)


@define
class StoreOutageLog:
    """Shared by everything in this process that meets it."""

    _said_at: float | None = None
    _lasts: bool = False

    def met(self, error: StoreUnavailableError) -> None:
        now = time.monotonic()
        if self._said_at is None or now - self._said_at >= SAID_AGAIN_SECONDS:
            self._said_at = now
            self._lasts = True
            logger.warning("store trouble; channels are told to deliver again later", error=str(error))

    def over(self) -> None:
        if self._lasts:
            self._lasts = False
            logger.info("the store is back")
