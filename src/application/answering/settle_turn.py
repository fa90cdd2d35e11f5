"""What follows when a turn cannot be finished now, or ever."""

import logging

from attrs import frozen

from application.lease import Lease
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.people.person import Conversation
from domain.policies.retry import Decision, Defer, GiveUp, Retry, Suppress

# What a turn waits for may come sooner than expected: an operator lets a stopped number go on.
LOOK_AGAIN_SECONDS = 5.0

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class SettleTurn:
    """Carries out a decision about a turn, and tells those who watch."""

    feed: ActivityFeed
    clock: Clock

    async def __call__(
        self,
        *,
        decision: Decision,
        lease: Lease,
        turn: Turn,
        detail: str,
        logged: str | None = None,
        unconfirmed: UnconfirmedSend | None = None,
    ) -> Outcome:
        """`detail` says what happened; `logged` is what of it may stand in a log, where that is not all.

        Raises:
            LeaseLostError: another worker has the conversation.
            StoreUnavailableError: it could not be carried out; the next worker comes to the same decision.
        """
        logged = detail if logged is None else logged
        match decision:
            case GiveUp(reason=reason):
                return await self.dead_letter(
                    lease=lease, reason=f"{reason} ({detail})", turn=turn, logged=f"{reason} ({logged})"
                )
            case Defer(after_seconds=seconds):
                await lease.defer(after_seconds=min(seconds, LOOK_AGAIN_SECONDS))
                return Outcome.DEFERRED
            case Suppress(reason=reason):
                await lease.complete()
                await self.publish(ActivityKind.HELD, turn.conversation, turn_id=turn.id, reason=reason)
                return Outcome.HELD
            case Retry(after_seconds=seconds):
                await lease.retry_later(after_seconds=seconds, error=detail, unconfirmed=unconfirmed)
                after = f"{seconds:.1f}"
                logger.info("turn %s is tried again in %s s: %s", turn.id, after, logged)
                told = {"turn_id": turn.id, "error": detail, "after_seconds": after}
                await self.publish(ActivityKind.RETRIED, turn.conversation, **told)
                return Outcome.RETRIED

    async def dead_letter(
        self, *, lease: Lease, reason: str, turn: Turn | None = None, logged: str | None = None
    ) -> Outcome:
        """Set the turn aside; without `turn`, one that was not read. `logged` is what of the reason may be logged."""
        dropped = await lease.dead_letter(reason=reason)
        named = {"turn_id": turn.id} if turn else {}
        logger.warning("turn %s is a dead letter: %s", turn.id if turn else lease.claim.token, logged or reason)
        await self.publish(ActivityKind.FAILED, Conversation.parse(lease.claim.conversation), reason=reason, **named)
        if dropped:
            logger.error("%d of the oldest dead letters made room for newer ones: replay or discard them", dropped)
            made_room = Activity(
                kind=ActivityKind.DROPPED, channel="", at=self.clock.now(), detail={"dead_letters": str(dropped)}
            )
            await self.feed.publish(activities=[made_room])
        return Outcome.FAILED

    async def publish(self, kind: ActivityKind, conversation: Conversation, **detail: str) -> None:
        activity = Activity.within(conversation, kind=kind, at=self.clock.now(), **detail)
        await self.feed.publish(activities=[activity])
