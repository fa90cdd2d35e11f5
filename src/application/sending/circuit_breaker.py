"""The circuit breaker of each channel: while nothing can be sent from its account, messages wait."""

import logging

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.breaker_store import Breaker, BreakerStore
from application.ports.clock import Clock
from domain.conversations.activity import Activity, ActivityKind
from domain.policies.retry import loggable

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class CircuitBreaker:
    """Opens and closes the breaker of a channel, and publishes it when the state changes.

    All methods raise `StoreUnavailableError`.
    """

    store: BreakerStore
    feed: ActivityFeed
    clock: Clock

    async def open(self, *, channel: str, reason: str, seconds: float) -> None:
        """Send nothing from this channel for so many seconds. The time grows with each trial that failed."""
        if await self.store.open(channel=channel, reason=reason, seconds=seconds):
            logger.error("circuit breaker of %s is open, no message is sent: %s", channel, loggable(reason))
            await self._publish(ActivityKind.STOPPED, channel, reason=reason)

    async def try_acquire(self, *, channel: str) -> Breaker:
        """Ask for permission to send (see `BreakerStore.try_acquire`)."""
        return await self.store.try_acquire(channel=channel)

    async def status(self, *, channel: str) -> Breaker:
        """The state, for those who do not want to send."""
        return await self.store.status(channel=channel)

    async def close(self, *, channel: str) -> None:
        """Send again: a message was accepted, or an operator decided it."""
        if await self.store.close(channel=channel):
            logger.warning("circuit breaker of %s is closed, messages are sent again", channel)
            await self._publish(ActivityKind.RESUMED, channel)

    async def _publish(self, kind: ActivityKind, channel: str, **detail: str) -> None:
        activity = Activity(kind=kind, channel=channel, at=self.clock.now(), detail=detail)
        await self.feed.publish(activities=[activity])
