"""What the log says of the embedded store's memory: a line when it fills up and one when there is room again."""

import structlog
from attrs import define

# Shares of its memory. They are apart, so that one which goes up and down a little is not a line each time.
FILLS_UP, ROOM_AGAIN = 0.8, 0.7

logger = structlog.get_logger(__name__)


@define
class StoreMemory:
    """Told now and then how full the store is."""

    _fills_up: bool = False

    def used(self, share: float) -> None:
        """`share` of its memory is in use, from 0 to about 1."""
        if not self._fills_up and share >= FILLS_UP:
            self._fills_up = True
            said = "the embedded store fills up; when it is full, new messages are refused until there is room"
            logger.warning(said, used=f"{share:.0%}", setting="store_memory_mb")
        elif self._fills_up and share < ROOM_AGAIN:
            self._fills_up = False
            logger.info("the embedded store has room again", used=f"{share:.0%}")
