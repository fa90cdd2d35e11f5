"""Settle a turn: complete it, retry it later, defer it, or make it a dead letter. Publish how it ended."""

import logging

from attrs import frozen

from application.lease import Lease
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.measurements import Measurements
from application.sending.send_result import NotSent, Sent
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.routing import Routed
from domain.conversations.transcript import TranscriptEvent
from domain.conversations.turn import Turn
from domain.people.person import Conversation
from domain.policies.retry import Defer, GiveUp, LetGo, Retry, Suppress

# A turn that is deferred for no certain time is looked at again this often: an operator may close the circuit breaker.
MAX_DEFER_SECONDS = 5.0

# The parts of these are in the transcript: an event beside them would say nothing.
SHOWN_BY_PARTS = frozenset({Outcome.ANSWERED, Outcome.INITIATED})

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class SettleTurn:
    """Carry out what follows the last step of a turn."""

    feed: ActivityFeed
    measurements: Measurements
    clock: Clock

    async def __call__(self, result: Sent | NotSent, *, lease: Lease) -> Outcome:
        """Returns how the turn ended.

        Raises:
            LeaseLostError: another worker has the conversation.
            StoreUnavailableError: the turn is not settled; the next worker comes to the same decision.
        """
        turn, now = result.turn, self.clock.now()
        if isinstance(result, Sent):
            reply = turn.composed_reply
            if reply.is_apology:
                return await self.dead_letter(lease=lease, reason=reply.reason, turn=turn)
            if reply.outcome not in SHOWN_BY_PARTS or reply.reason:
                _note(lease, ActivityKind(reply.outcome), turn, reason=reply.reason)
            routed = [_routed(each, turn, at=now) for each in reply.routed]
            more = {"reason": reply.reason, "parts": str(len(reply.parts)), **_used(reply)}
            _tell(lease, reply.outcome, turn, *routed, at=now, **more)
            await lease.complete()
            if reply.outcome is Outcome.ANSWERED and turn.messages:
                # The clock of the process that received it may be ahead.
                seconds = max(0.0, now - turn.messages[0].arrived_at)
                self.measurements.answered(channel=turn.conversation.channel, seconds=seconds)
            return reply.outcome
        detail, logged = result.detail, result.logged
        match result.decision:
            case GiveUp(reason=reason):
                full, short = (f"{reason} ({text})" if reason else text for text in (detail, logged))
                return await self.dead_letter(lease=lease, reason=full, turn=turn, logged=short)
            case Defer(after_seconds=seconds, is_appointed=is_appointed):
                await lease.defer(after_seconds=seconds if is_appointed else min(seconds, MAX_DEFER_SECONDS))
                return Outcome.DEFERRED
            case Suppress(reason=reason) | LetGo(reason=reason):
                outcome = Outcome.HELD if isinstance(result.decision, Suppress) else Outcome.UNREACHABLE
                _note(lease, ActivityKind(outcome), turn, reason=": ".join(filter(None, (reason, detail))))
                _tell(lease, outcome, turn, at=now, reason=reason, **({"error": detail} if detail else {}))
                await lease.complete()
                return outcome
            case Retry(after_seconds=seconds):
                _note(lease, ActivityKind.RETRIED, turn, reason=detail)
                _tell(lease, Outcome.RETRIED, turn, at=now, error=detail, after_seconds=f"{seconds:.1f}")
                await lease.retry_later(after_seconds=seconds, error=detail, unconfirmed=result.unconfirmed)
                logger.info("turn %s is tried again in %.1f s: %s", turn.id, seconds, logged)
                return Outcome.RETRIED

    async def dead_letter(
        self, *, lease: Lease, reason: str, turn: Turn | None = None, logged: str | None = None
    ) -> Outcome:
        """Make the turn a dead letter. `turn` is None when it cannot be read. `logged` is the reason for the log."""
        _note(lease, ActivityKind.FAILED, turn, reason=reason)
        turn_id = {"turn_id": turn.id} if turn else {}
        conversation, now = Conversation.parse(lease.claim.conversation), self.clock.now()
        failed = Activity.within(conversation, kind=ActivityKind.FAILED, at=now, reason=reason, **turn_id)
        lease.changes.activities += (failed,)
        dropped = await lease.dead_letter(reason=reason)
        logger.warning("turn %s is a dead letter: %s", turn.id if turn else lease.claim.token, logged or reason)
        if dropped:
            logger.error(
                "the %d oldest dead letters are deleted, because there are too many: replay or discard some", dropped
            )
            detail = {"dead_letters": str(dropped)}
            await self.feed.publish(activities=[Activity(kind=ActivityKind.DROPPED, channel="", at=now, detail=detail)])
        return Outcome.FAILED


def _routed(routed: Routed, turn: Turn, *, at: float) -> Activity:
    return Activity.within(
        turn.conversation,
        kind=ActivityKind.ROUTED,
        at=at,
        turn_id=turn.id,
        agent=routed.agent,
        reason=routed.reason,
    )


def _tell(lease: Lease, outcome: Outcome, turn: Turn, *earlier: Activity, at: float, **detail: str) -> None:
    """Have the step publish how the turn ended, and what came before that."""
    activity = Activity.within(turn.conversation, kind=ActivityKind(outcome), at=at, turn_id=turn.id, **detail)
    lease.changes.activities += (*earlier, activity)


def _note(lease: Lease, kind: ActivityKind, turn: Turn | None, *, reason: str) -> None:
    """Let the transcript keep what happened, together with the step that makes it happen."""
    detail = {"reason": reason, **({"turn_id": turn.id} if turn else {})}
    lease.changes.events += (TranscriptEvent.of(kind, detail),)


def _used(reply: Reply) -> dict[str, str]:
    """What the agent's run used, as details of an activity."""
    if reply.usage is None:
        return {}
    total = reply.usage.total
    return {
        "agent": reply.usage.agent,
        "models": total.model,
        "tokens_in": str(total.tokens_in),
        "tokens_out": str(total.tokens_out),
        "cost": f"{total.cost:.9f}".rstrip("0").rstrip("."),
    }
