"""Leave a turn to another worker: one that knows its channel."""

import logging

from attrs import define, field

from application.lease import Lease
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.turns import UnreadableTurnError
from domain.conversations.activity import Activity, ActivityKind
from domain.policies.retry import RetryPolicy

# The conversation is ready again after so long, or after a twentieth of the time that its channel has been unknown.
MIN_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 30.0
PAUSE_SHARE = 0.05
# At most 200 conversations of unknown channels come back in a second, however many wait.
SPACING_SECONDS = 0.005
# An update is over by then.
REPORT_SECONDS = 60.0
REPEAT_SECONDS = 600.0
# Channels that were met long ago are forgotten.
FORGET_SECONDS = 2 * MAX_PAUSE_SECONDS
MAX_CHANNELS = 100
PERHAPS_SENT = "the last worker may have sent the next part"

logger = logging.getLogger(__name__)


@define(kw_only=True)
class _Unknown:
    """Since when a channel has been unknown, when it was last met, and when that is reported next (unix seconds)."""

    since: float
    met_at: float
    report_at: float


@define(kw_only=True)
class LeaveTurn:
    """Defer turns of channels that this worker does not know.

    While an update replaces processes one after the other, workers with the old configuration claim conversations of a
    new channel. These become ready again after a pause, until a worker claims them that knows the channel. Where none
    does for a while, this is logged and published. Nothing becomes a dead letter.
    """

    feed: ActivityFeed
    retries: RetryPolicy
    clock: Clock
    _unknown: dict[str, _Unknown] = field(factory=dict, init=False)
    _last_due: float = field(default=0.0, init=False)

    async def __call__(self, *, lease: Lease) -> None:
        """Raises LeaseLostError or StoreUnavailableError when another worker has the conversation, or will."""
        now, channel = self.clock.now(), lease.claim.channel
        unknown = self._meet(channel, now)
        await self._defer(lease, seconds=self._pause(unknown, now))
        if now >= unknown.report_at:
            unknown.report_at = now + REPEAT_SECONDS
            await self._report(channel, seconds=now - unknown.since, now=now)

    async def _defer(self, lease: Lease, *, seconds: float) -> None:
        """Make the conversation ready again later.

        When this worker took it over from one that is gone, a part may have been sent. The next worker gets a new claim
        and does not see that, so the turn itself must say it.
        """
        if lease.claim.delivery > 1:
            try:
                begun = await lease.begin()
            except UnreadableTurnError:
                begun = None
            else:
                if begun is None:
                    return
            if begun and begun.turn.next_part is not None:
                seconds = max(seconds, self.retries.confirm_seconds)
                unconfirmed = begun.turn.unconfirmed_send()
                await lease.retry_later(after_seconds=seconds, error=PERHAPS_SENT, unconfirmed=unconfirmed)
                return
        await lease.defer(after_seconds=seconds)

    def _meet(self, channel: str, now: float) -> _Unknown:
        unknown = self._unknown.get(channel)
        if unknown is None or now - unknown.met_at > FORGET_SECONDS:
            self._unknown = {
                name: other for name, other in self._unknown.items() if now - other.met_at < FORGET_SECONDS
            }
            if len(self._unknown) >= MAX_CHANNELS:
                del self._unknown[next(iter(self._unknown))]
            unknown = self._unknown[channel] = _Unknown(since=now, met_at=now, report_at=now + REPORT_SECONDS)
        unknown.met_at = now
        return unknown

    def _pause(self, unknown: _Unknown, now: float) -> float:
        """Seconds. Conversations come back in a line, so that many of them do not keep the workers busy."""
        pause = max(MIN_PAUSE_SECONDS, PAUSE_SHARE * (now - unknown.since))
        pause = min(max(pause, self._last_due + SPACING_SECONDS - now), MAX_PAUSE_SECONDS)
        self._last_due = now + pause
        return pause

    async def _report(self, channel: str, *, seconds: float, now: float) -> None:
        logger.warning(
            "turns of channel %s wait for a worker that knows it, for %.0f s now: add it to channels.yaml of a worker",
            channel,
            seconds,
        )
        detail = {"seconds": f"{seconds:.0f}"}
        await self.feed.publish(
            activities=[Activity(kind=ActivityKind.UNKNOWN_CHANNEL, channel=channel, at=now, detail=detail)]
        )
