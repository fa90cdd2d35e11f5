"""Log an outage of the store when it begins and when it ends, and not each failed call."""

import time

import structlog
from attrs import define

from application.ports.store import StoreUnavailableError

# While an outage lasts, or comes and goes.
REPEAT_SECONDS = 30.0

logger = structlog.get_logger(__name__)


@define
class StoreOutageLog:
    """Shared by all parts of a process that use the store."""

    _logged_at: float | None = None
    _lasts: bool = False

    def met(self, error: StoreUnavailableError) -> None:
        now = time.monotonic()
        if self._logged_at is None or now - self._logged_at >= REPEAT_SECONDS:
            self._logged_at = now
            self._lasts = True
            logger.warning("the store is away; channels must deliver again later", error=str(error))

    def over(self) -> None:
        if self._lasts:
            self._lasts = False
            logger.info("the store is back")
