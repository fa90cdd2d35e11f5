"""Answer one conversation's turn: the agent once, its reply in order, each part once."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial

from attrs import frozen

from application.channels import Channel, Channels, UnknownChannelError
from application.compose_reply import ComposeReply
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentFailedError
from application.ports.clock import Clock
from application.ports.mailbox import Claim, LeaseLostError, Mailbox
from application.ports.messenger import SendFailedError
from application.ports.store import StoreUnavailableError
from domain.activity import Activity, ActivityKind
from domain.failures import Decision, GiveUp, Retry, RetryPolicy, SendFailure
from domain.replies import Reply, ReplyKind
from domain.turns import Turn

INSIST_SECONDS = 0.2

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    """How far a claimed conversation came."""

    NOTHING_WAITED = "nothing_waited"
    ANSWERED = "answered"
    LIMITED = "limited"
    RETRIED = "retried"
    FAILED = "failed"


@frozen(kw_only=True)
class AnswerConversation:
    """Take a claimed conversation's turn to its end, or to where the next worker goes on."""

    channels: Channels
    mailbox: Mailbox
    compose: ComposeReply
    retries: RetryPolicy
    feed: ActivityFeed
    clock: Clock

    async def __call__(self, *, claim: Claim, holds: Callable[[], bool]) -> Outcome:
        """Answer the turn; `holds` tells whether the lease is still ours, and is asked before anything is sent.

        Cancelled, it hands the conversation back.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was said.
            StoreUnavailableError: progress could not be recorded; the next worker goes on from what is.
        """
        if claim.delivery > self.retries.max_deliveries:
            await self.mailbox.bury(claim=claim, reason=f"crash loop: {claim.delivery - 1} workers did not finish it")
            return Outcome.FAILED
        turn = await self.mailbox.begin(claim=claim)
        if turn is None:
            return Outcome.NOTHING_WAITED
        return await _Answering(self, claim, holds, turn).run()


class _Answering:
    """One turn on its way; knows whether a part is just being sent."""

    def __init__(self, answer: AnswerConversation, claim: Claim, holds: Callable[[], bool], turn: Turn) -> None:
        self._use = answer
        self._mailbox = answer.mailbox
        self._claim = claim
        self._holds = holds
        self._turn = turn
        self._sending = False

    async def run(self) -> Outcome:
        try:
            return await self._answer()
        except asyncio.CancelledError:
            await self._hand_back()
            raise
        except (LeaseLostError, StoreUnavailableError):
            raise
        except Exception as error:
            logger.exception("turn %s of %s failed inside", self._turn.id, self._turn.conversation)
            return await self._after_own_failure(error)

    async def _answer(self) -> Outcome:
        turn = self._turn
        try:
            channel = self._use.channels[turn.conversation.channel]
        except UnknownChannelError as error:
            return await self._bury(str(error))
        reply = turn.reply
        if reply is None:
            reply = await self._reply(channel)
            if reply is None:
                return Outcome.RETRIED
            await self._insist(partial(self._mailbox.save_reply, claim=self._claim, reply=reply))
        elif self._may_have_been_sent(reply):
            return await self._put_off(
                self._use.retries.confirm_seconds, "the last worker may have sent it", doubt=True
            )
        return await self._deliver(channel, reply)

    async def _reply(self, channel: Channel) -> Reply | None:
        """What to say; None when the agent is to be asked again later."""
        try:
            return await self._use.compose(turn=self._turn, channel=channel)
        except AgentFailedError as error:
            decision = self._use.retries.after_agent_failure(
                error.failure, attempts=self._turn.attempts, turn_id=self._turn.id
            )
            if isinstance(decision, Retry):
                await self._put_off(decision.after_seconds, str(error))
                return None
            return self._use.compose.apology(
                turn=self._turn, channel=channel, reason=f"{decision.reason} ({error.detail})"
            )

    async def _after_own_failure(self, error: Exception) -> Outcome:
        """A fault of ours is tried once more, then set aside: one message must not stop a conversation for ever."""
        name = type(error).__name__
        if self._turn.attempts:
            return await self._bury(f"internal error: {name}")
        seconds = self._use.retries.backoff(self._turn.attempts, turn_id=self._turn.id)
        return await self._put_off(seconds, f"internal error: {name}", doubt=self._sending)

    def _may_have_been_sent(self, reply: Reply) -> bool:
        """A worker that was handed this turn before us may have died between sending a part and recording it."""
        return self._turn.deliveries > 1 and not self._turn.doubts and len(self._turn.sent) < len(reply.parts)

    async def _deliver(self, channel: Channel, reply: Reply) -> Outcome:
        for part in range(len(self._turn.sent), len(reply.parts)):
            if not self._holds():
                raise LeaseLostError
            try:
                message_id = await self._send(channel, reply, part)
            except SendFailedError as error:
                return await self._after_send_failure(error, first=part == len(self._turn.sent))
            await self._insist(partial(self._mailbox.record_sent, claim=self._claim, part=part, message_id=message_id))
            self._sending = False
        return await self._finish(reply)

    async def _send(self, channel: Channel, reply: Reply, part: int) -> str:
        self._sending = True
        return await channel.messenger.send(
            part=reply.parts[part], to=self._turn.person, reference=str(self._turn.reference(part))
        )

    async def _after_send_failure(self, error: SendFailedError, *, first: bool) -> Outcome:
        """Counts of earlier failures belong to the part the turn began with; later parts start afresh."""
        decision: Decision = self._use.retries.after_send_failure(
            error.failure,
            attempts=self._turn.attempts if first else 0,
            doubts=self._turn.doubts if first else 0,
            turn_id=self._turn.id,
        )
        match decision:
            case Retry(after_seconds=seconds):
                return await self._put_off(seconds, str(error), doubt=error.failure is SendFailure.UNKNOWN)
            case GiveUp(reason=reason):
                return await self._bury(f"{reason} ({error.detail})")

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat a step for as long as the lease holds: what was said and sent should not be forgotten lightly."""
        while True:
            try:
                return await step()
            except StoreUnavailableError:
                if not self._holds():
                    raise
                await asyncio.sleep(INSIST_SECONDS)

    async def _finish(self, reply: Reply) -> Outcome:
        if reply.kind is ReplyKind.APOLOGY:
            return await self._bury(reply.reason)
        await self._insist(partial(self._mailbox.complete, claim=self._claim))
        outcome = Outcome.LIMITED if reply.kind is ReplyKind.NOTICE else Outcome.ANSWERED
        kind = ActivityKind.LIMITED if outcome is Outcome.LIMITED else ActivityKind.ANSWERED
        await self._publish(kind, reason=reply.reason, parts=str(len(reply.parts)))
        return outcome

    async def _put_off(self, seconds: float, error: str, *, doubt: bool = False) -> Outcome:
        await self._mailbox.put_off(claim=self._claim, after_seconds=seconds, error=error, doubt=doubt)
        await self._publish(ActivityKind.RETRIED, error=error, after_seconds=f"{seconds:.1f}")
        return Outcome.RETRIED

    async def _bury(self, reason: str) -> Outcome:
        await self._mailbox.bury(claim=self._claim, reason=reason)
        await self._publish(ActivityKind.FAILED, reason=reason)
        return Outcome.FAILED

    async def _hand_back(self) -> None:
        """Let the next worker go on at once; after an interrupted send only once the channel had time to prove it."""
        with contextlib.suppress(LeaseLostError, StoreUnavailableError):
            if self._sending:
                seconds = self._use.retries.confirm_seconds
                await self._mailbox.put_off(claim=self._claim, after_seconds=seconds, error="interrupted", doubt=True)
            else:
                await self._mailbox.release(claim=self._claim)

    async def _publish(self, kind: ActivityKind, **detail: str) -> None:
        conversation = self._turn.conversation
        activity = Activity(
            kind=kind,
            channel=conversation.channel,
            conversation=str(conversation),
            at=self._use.clock.now(),
            detail={"turn_id": self._turn.id, **detail},
        )
        await self._use.feed.publish(activities=[activity])
