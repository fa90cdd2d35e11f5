"""Stop a number that the channel has closed, tell who watches, and let it go on."""

import logging

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.send_rate_limiter import SendRateLimiter, Stop, StopReport
from domain.conversations.activity import Activity, ActivityKind
from domain.policies.retry import loggable

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class NumberStops:
    """While a number is stopped its messages wait; now and then one turn finds out whether it works again."""

    send_rate_limiter: SendRateLimiter
    feed: ActivityFeed
    clock: Clock

    async def stop(self, *, channel: str, reason: str, seconds: float) -> None:
        if await self.send_rate_limiter.stop(channel=channel, reason=reason, seconds=seconds):
            logger.error("nothing goes out from %s until this is mended: %s", channel, loggable(reason))
            await self._publish(ActivityKind.STOPPED, channel, reason=reason)

    async def stopped(self, *, channel: str) -> Stop | None:
        return await self.send_rate_limiter.stopped(channel=channel)

    async def report(self, *, channel: str) -> StopReport | None:
        return await self.send_rate_limiter.report(channel=channel)

    async def resume(self, *, channel: str) -> None:
        if await self.send_rate_limiter.resume(channel=channel):
            logger.warning("messages go out from %s again", channel)
            await self._publish(ActivityKind.RESUMED, channel)

    async def _publish(self, kind: ActivityKind, channel: str, **detail: str) -> None:
        activity = Activity(kind=kind, channel=channel, at=self.clock.now(), detail=detail)
        await self.feed.publish(activities=[activity])
