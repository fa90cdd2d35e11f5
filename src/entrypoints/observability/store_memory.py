"""Log when the embedded store runs out of memory, and when there is room again."""

import structlog
from attrs import define

# Shares of its memory. They differ, so that small ups and downs are not logged each time.
FILLS_UP, ROOM_AGAIN = 0.8, 0.7

logger = structlog.get_logger(__name__)


@define
class StoreMemory:
    """Remembers what was logged last."""

    _fills_up: bool = False

    def used(self, share: float) -> None:
        """Report that `share` of the memory is in use, from 0 to about 1."""
        if not self._fills_up and share >= FILLS_UP:
            self._fills_up = True
            event = "the embedded store is almost full; when it is full, new messages are refused"
            logger.warning(event, used=f"{share:.0%}", setting="store_memory_mb")
        elif self._fills_up and share < ROOM_AGAIN:
            self._fills_up = False
            logger.info("the embedded store has room again", used=f"{share:.0%}")
