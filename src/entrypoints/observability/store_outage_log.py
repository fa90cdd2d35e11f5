"""Log an outage of the store when it begins and when it ends, and not each failed call."""

import time

import structlog
from attrs import define

from application.ports.store import StoreUnavailableError

# While an outage lasts.
REPEAT_SECONDS = 30.0
# A store that takes some calls and refuses others is away. It is back when it refuses none for so long.
STEADY_SECONDS = 1.0

logger = structlog.get_logger(__name__)


@define
class StoreOutageLog:
    """Shared by all parts of a process that use the store.

    Each outage is logged, also when the last one ended a moment ago. `log_sampling` limits how often.
    """

    _logged_at: float = 0.0
    _failed_at: float = 0.0
    _is_out: bool = False

    def record_failure(self, error: StoreUnavailableError) -> None:
        now = self._failed_at = time.monotonic()
        if not self._is_out or now - self._logged_at >= REPEAT_SECONDS:
            self._logged_at = now
            self._is_out = True
            logger.warning("the store is away; channels must deliver again later", error=str(error))

    def record_success(self) -> None:
        if self._is_out and time.monotonic() - self._failed_at >= STEADY_SECONDS:
            self._is_out = False
            logger.info("the store is back")
