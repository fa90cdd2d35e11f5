"""Answer one conversation's turn: the agent once, its reply in order, each part once."""

import asyncio
import contextlib
import logging

from attrs import evolve, frozen

from application.answering.budget_warnings import budget_warnings
from application.answering.compose_reply import ComposeReply
from application.answering.leave_turn import LeaveTurn
from application.answering.settle_turn import SettleTurn
from application.channels import Channel, Channels
from application.joining.share_session import WAIT_SECONDS, ShareSession
from application.lease import Lease
from application.ports.agent import AgentFailedError
from application.ports.breaker_store import Breaker, State
from application.ports.clock import Clock
from application.ports.leases import LeaseLostError
from application.ports.measurements import Measurements
from application.ports.media import AccountBlockedError
from application.ports.messenger import SendFailedError
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.ports.turns import BegunTurn, UnreadableTurnError
from application.proposing.proposal_activities import proposed_activity
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.deliver_reply import DeliverReply
from application.sending.handle_send_failure import HandleSendFailure
from application.sending.render import render_text
from application.sending.send_credit import SendCredit
from application.sending.send_result import NotSent
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.policies.budget import day_of
from domain.policies.retry import Defer, GiveUp, RetryPolicy, SendFailure

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class AnswerConversation:
    """Take a claimed conversation's turn to its end, or to where the next worker goes on."""

    channels: Channels
    compose: ComposeReply
    deliver: DeliverReply
    credit: SendCredit
    handle_failure: HandleSendFailure
    settle: SettleTurn
    leave: LeaveTurn
    breaker: CircuitBreaker
    share: ShareSession
    retries: RetryPolicy
    measurements: Measurements
    clock: Clock
    tracer: Tracer

    async def __call__(self, *, lease: Lease) -> Outcome:
        """Answer the turn. While the store is away it waits. When it is cancelled, it hands the conversation back.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was sent.
            StoreUnavailableError: before the agent ran, or while the turn was settled; nothing is lost by it.
        """
        turn: Turn | None = None
        try:
            name = lease.claim.channel
            if not self.channels.know(name):
                await self.leave(lease=lease)
                return Outcome.DEFERRED
            if lease.claim.delivery > self.retries.max_deliveries:
                # Perhaps reading the turn is what takes workers down.
                reason = f"crash loop: {lease.claim.delivery - 1} workers did not finish it"
                return await self.settle.dead_letter(lease=lease, reason=reason)
            channel = self.channels[name]
            begun = await lease.begin(spent_on=day_of(self.clock.now()) if channel.budget else None)
            if begun is None:
                return Outcome.NOTHING_WAITED
            turn = begun.turn
            with self.tracer.answer(turn=turn) as span:
                lease.changes.trace = span.trace
                outcome = await self._answer(lease, begun, channel)
                span.ended(outcome)
                return outcome
        except UnreadableTurnError as error:
            return await self.settle.dead_letter(lease=lease, reason=str(error), turn=turn)
        except asyncio.CancelledError:
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                await lease.release()
            raise

    async def _answer(self, lease: Lease, begun: BegunTurn, channel: Channel) -> Outcome:
        """Compose the reply, unless there is one, and deliver it.

        When the agent gives no answer in the end, the person gets an apology instead. No error blocks a conversation
        for ever: what follows it is settled too.
        """
        turn, wait = begun.turn, None
        try:
            breaker = begun.breaker
            if breaker.state is State.HALF_OPEN:
                breaker = await self.breaker.try_acquire(channel=channel.name)
            if breaker.state is State.OPEN:
                return await self.settle(_deferred(turn, breaker), lease=lease)
            if turn.reply is None:
                if must_wait := await self.credit.line_up(turn=turn, channel=channel):
                    return await self.settle(must_wait, lease=lease)
                entered = await self.share.enter(begun, link_by_phone=channel.link_by_phone)
                if entered is None:
                    return await self.settle(_answered_elsewhere(turn), lease=lease)
                turn, wait = await self._compose(entered, lease, channel)
            else:
                await self.share.leave(begun, number=lease.state.session)
            is_trial = breaker.state is State.HALF_OPEN
            result = await self.deliver(lease=lease, turn=turn, channel=channel, is_trial=is_trial, wait=wait)
            return await self.settle(result, lease=lease)
        except (LeaseLostError, StoreUnavailableError):
            raise
        except Exception as error:  # noqa: BLE001  (what follows it is decided below)
            not_sent = await self._after(error, turn, agent=lease.changes.agent or channel.agent)
        if turn.reply is None and isinstance(not_sent.decision, GiveUp):
            parts = render_text(channel, channel.texts.error, turn.person)
            reply = Reply(outcome=Outcome.FAILED, parts=parts, reason=not_sent.detail)
            await lease.save_reply(reply)
            return await self._answer(lease, evolve(begun, turn=turn.with_reply(reply)), channel)
        return await self.settle(not_sent, lease=lease)

    async def _compose(self, begun: BegunTurn, lease: Lease, channel: Channel) -> tuple[Turn, float | None]:
        """Compose the reply and store it. Then other conversations may use the session.

        With the reply, it is published what its run proposed, and which budgets it nearly used up. Returns the turn
        with it, and how long its first part must wait: the store says so in the same trip.
        """
        changes = lease.changes
        try:
            reply = await self.compose(begun=begun, channel=channel, changes=changes)
            turn = begun.turn.with_reply(reply)
            changes.activities += tuple(map(proposed_activity, changes.proposals))
            if changes.usage and channel.budget:
                changes.warnings = budget_warnings(channel.budget, turn=turn, at=self.clock.now())
            if reply.parts:
                changes.credit = self.credit.request(turn=turn, channel=channel)
            saved = await lease.save_reply(reply)
        finally:
            await self.share.leave(begun, number=lease.state.session)
        for _ in changes.proposals:
            self.measurements.proposal(channel=channel.name, outcome="proposed")
        if reply.usage:
            self.measurements.used(channel=channel.name, usage=reply.usage)
        for scope in saved.warnings:
            logger.warning("80 %% of the budget of a %s of channel %s is used", scope, channel.name)
        return turn, saved.wait

    async def _after(self, error: Exception, turn: Turn, *, agent: str) -> NotSent:
        """What follows an error, as the retry policy decides. `agent` was asked."""
        match error:
            case AgentFailedError(failure=failure):
                detail = f"agent {agent}: {error}"
                decision = self.retries.after_agent_failure(failure, attempts=turn.attempts, turn_id=turn.id)
            case SendFailedError(failure=failure):  # of a file in the agent's answer
                return await self.handle_failure(failure, error.detail, turn=turn, agent_ran=True)
            case AccountBlockedError():  # a file of the person cannot be fetched
                return await self.handle_failure(SendFailure.ACCOUNT_BLOCKED, str(error), turn=turn)
            case _:
                logger.error("turn %s failed with an internal error", turn.id, exc_info=error)
                detail = f"internal error ({type(error).__name__})"
                decision = self.retries.after_internal_error(attempts=turn.attempts, turn_id=turn.id)
        return NotSent(turn=turn, decision=decision, detail=detail, logged=detail)


def _answered_elsewhere(turn: Turn) -> NotSent:
    reason = "the agent answers the person on another channel"
    return NotSent(turn=turn, decision=Defer(after_seconds=WAIT_SECONDS, reason=reason))


def _deferred(turn: Turn, breaker: Breaker) -> NotSent:
    return NotSent(turn=turn, decision=Defer(after_seconds=breaker.seconds, reason=breaker.reason))
