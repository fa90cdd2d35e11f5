"""Answer one conversation's turn: the agent once, its reply in order, each part once."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from enum import StrEnum

from attrs import evolve, frozen

from application.channels import Channel, Channels, UnknownChannelError
from application.compose_reply import ComposeReply
from application.deliver_reply import DeliverReply
from application.lease import Lease
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentFailedError
from application.ports.clock import Clock
from application.ports.mailbox import Claim, LeaseLostError, Mailbox, UnreadableTurnError
from application.ports.store import StoreUnavailableError
from domain.activity import Activity, ActivityKind
from domain.conversations import Conversation
from domain.failures import Decision, Retry, RetryPolicy
from domain.replies import Reply, ReplyKind
from domain.turns import Doubt, Turn

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    """How far a claimed conversation came."""

    NOTHING_WAITED = "nothing_waited"
    ANSWERED = "answered"
    LIMITED = "limited"
    UNREADABLE = "unreadable"
    STALE = "stale"
    RETRIED = "retried"
    FAILED = "failed"


SETTLED: Mapping[ReplyKind, Outcome] = {
    ReplyKind.ANSWER: Outcome.ANSWERED,
    ReplyKind.LIMITED: Outcome.LIMITED,
    ReplyKind.UNREADABLE: Outcome.UNREADABLE,
    ReplyKind.STALE: Outcome.STALE,
}


@frozen(kw_only=True)
class AnswerConversation:
    """Take a claimed conversation's turn to its end, or to where the next worker goes on."""

    channels: Channels
    mailbox: Mailbox
    compose: ComposeReply
    deliver: DeliverReply
    retries: RetryPolicy
    feed: ActivityFeed
    clock: Clock

    async def __call__(self, *, claim: Claim, holds: Callable[[], bool]) -> Outcome:
        """Answer the turn; `holds` tells whether by the clock the lease is still ours, and is asked before each send.

        While the store is away it waits. Cancelled, it hands the conversation back.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was said.
            StoreUnavailableError: before the agent ran, or instead of putting off or burying; nothing is lost by it.
        """
        lease = Lease(mailbox=self.mailbox, claim=claim, holds=holds)
        try:
            if claim.delivery > self.retries.max_deliveries:
                # Reading it may be what takes workers down.
                return await self._bury(lease, f"crash loop: {claim.delivery - 1} workers did not finish it")
            turn = await lease.begin()
            return Outcome.NOTHING_WAITED if turn is None else await self._attempt(lease, turn)
        except UnreadableTurnError as error:
            return await self._bury(lease, str(error))
        except asyncio.CancelledError:
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                await lease.release()
            raise

    async def _attempt(self, lease: Lease, turn: Turn) -> Outcome:
        """A fault of ours must not stop the conversation for ever."""
        try:
            return await self._answer(lease, turn)
        except (LeaseLostError, StoreUnavailableError):
            raise
        except Exception as error:  # noqa: BLE001  (reported by what follows it)
            return await self._follow(self._after(error, turn), lease, turn, type(error).__name__)

    async def _answer(self, lease: Lease, turn: Turn) -> Outcome:
        try:
            channel = self.channels[turn.conversation.channel]
        except UnknownChannelError as error:
            return await self._bury(lease, str(error), turn=turn)
        reply = turn.reply
        if reply is None:
            try:
                reply = await self.compose(turn=turn, channel=channel)
            except (LeaseLostError, StoreUnavailableError):
                raise
            except Exception as error:  # noqa: BLE001  (a fault of ours is no reason to leave somebody without a word)
                decision, detail = self._after(error, turn), _words(error, channel)
                if isinstance(decision, Retry):
                    return await self._follow(decision, lease, turn, detail)
                reply = self.compose.apology(turn=turn, channel=channel, reason=detail)
            await lease.save_reply(reply)
            # The agent's failures do not count against the channel.
            turn = evolve(turn, attempts=0)
        return await self._deliver(lease, turn, channel, reply)

    def _after(self, error: Exception, turn: Turn) -> Decision:
        if isinstance(error, AgentFailedError):
            return self.retries.after_agent_failure(error.failure, attempts=turn.attempts, turn_id=turn.id)
        logger.error("turn %s failed inside", turn.id, exc_info=error)
        return self.retries.after_own_failure(attempts=turn.attempts, turn_id=turn.id)

    async def _deliver(self, lease: Lease, turn: Turn, channel: Channel, reply: Reply) -> Outcome:
        undelivered = await self.deliver(lease=lease, turn=turn, channel=channel, reply=reply)
        if undelivered is not None:
            return await self._follow(undelivered.decision, lease, turn, undelivered.detail, doubt=undelivered.doubt)
        if reply.kind is ReplyKind.APOLOGY:
            return await self._bury(lease, reply.reason, turn=turn)
        await lease.complete()
        outcome = SETTLED[reply.kind]
        detail = {"turn_id": turn.id, "reason": reply.reason, "parts": str(len(reply.parts))}
        await self._publish(ActivityKind(outcome), turn.conversation, **detail)
        return outcome

    async def _follow(
        self, decision: Decision, lease: Lease, turn: Turn, detail: str, *, doubt: Doubt | None = None
    ) -> Outcome:
        if not isinstance(decision, Retry):
            return await self._bury(lease, f"{decision.reason} ({detail})", turn=turn)
        await lease.put_off(after_seconds=decision.after_seconds, error=detail, doubt=doubt)
        seconds = f"{decision.after_seconds:.1f}"
        logger.info("turn %s is tried again in %s s: %s", turn.id, seconds, detail)
        await self._publish(
            ActivityKind.RETRIED, turn.conversation, turn_id=turn.id, error=detail, after_seconds=seconds
        )
        return Outcome.RETRIED

    async def _bury(self, lease: Lease, reason: str, *, turn: Turn | None = None) -> Outcome:
        """Set the turn aside; without `turn`, one that was not read."""
        await lease.bury(reason=reason)
        named = {"turn_id": turn.id} if turn else {}
        logger.warning("turn %s is a dead letter: %s", turn.id if turn else lease.claim.token, reason)
        conversation = Conversation.parse(lease.claim.conversation)
        await self._publish(ActivityKind.FAILED, conversation, reason=reason, **named)
        return Outcome.FAILED

    async def _publish(self, kind: ActivityKind, conversation: Conversation, **detail: str) -> None:
        activity = Activity(
            kind=kind,
            channel=conversation.channel,
            conversation=str(conversation),
            at=self.clock.now(),
            detail=detail,
        )
        await self.feed.publish(activities=[activity])


def _words(error: Exception, channel: Channel) -> str:
    return (
        f"agent {channel.agent}: {error}"
        if isinstance(error, AgentFailedError)
        else f"internal error ({type(error).__name__})"
    )
