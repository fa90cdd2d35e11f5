"""Delete dead letters that nobody replayed or discarded in time: they have what people wrote."""

import logging

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.dead_letters import DeadLetters
from domain.conversations.activity import Activity, ActivityKind

DAY = 86_400.0

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class ExpireDeadLetters:
    letters: DeadLetters
    feed: ActivityFeed
    clock: Clock
    keep_days: int

    async def __call__(self) -> bool:
        """Returns that there is no more to do at once.

        Raises:
            StoreUnavailableError: the rest is deleted later.
        """
        now = self.clock.now()
        if deleted := await self.letters.trim(before=now - self.keep_days * DAY):
            logger.error("%d dead letters were deleted after %d days: nobody replayed them", deleted, self.keep_days)
            detail = {"dead_letters": str(deleted), "reason": f"older than {self.keep_days} days"}
            dropped = Activity(kind=ActivityKind.DROPPED, channel="", at=now, detail=detail)
            await self.feed.publish(activities=[dropped])
        return False
