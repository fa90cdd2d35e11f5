"""Log what is wrong with the store, and when that is repaired."""

from collections.abc import Iterable

import structlog
from attrs import define

from application.ports.store import StoreDefect

logger = structlog.get_logger(__name__)


@define
class StoreDefectLog:
    """Remembers which defects were logged."""

    _logged: frozenset[StoreDefect] = frozenset()

    def record(self, defects: Iterable[StoreDefect]) -> tuple[StoreDefect, ...]:
        """Log each defect that is new, and each one that is gone. Returns all that are there."""
        found = tuple(defects)
        for defect in found:
            if defect not in self._logged:
                log = logger.error if defect.loses_messages else logger.warning
                log(defect.message, fix=defect.fix)
        for defect in self._logged.difference(found):
            logger.info("the store is in order again", was=defect.message)
        self._logged = frozenset(found)
        return found
