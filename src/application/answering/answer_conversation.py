"""Answer one conversation's turn: the agent once, its reply in order, each part once."""

import asyncio
import contextlib
import logging

from attrs import evolve, frozen

from application.answering.compose_reply import ComposeReply
from application.answering.settle_turn import SettleTurn
from application.channels import Channel, Channels, UnknownChannelError
from application.lease import Lease
from application.ports.agent import AgentFailedError
from application.ports.breaker_store import State
from application.ports.leases import LeaseLostError
from application.ports.media import NumberStoppedError
from application.ports.messenger import SendFailedError
from application.ports.store import StoreUnavailableError
from application.ports.turns import UnreadableTurnError
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.deliver_reply import DeliverReply, Undelivered
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.policies.retry import Decision, Defer, Retry, RetryPolicy, loggable

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class AnswerConversation:
    """Take a claimed conversation's turn to its end, or to where the next worker goes on."""

    channels: Channels
    compose: ComposeReply
    deliver: DeliverReply
    settle_turn: SettleTurn
    breaker: CircuitBreaker
    retries: RetryPolicy

    async def __call__(self, *, lease: Lease) -> Outcome:
        """Answer the turn. While the store is away it waits. When it is cancelled, it hands the conversation back.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was said.
            StoreUnavailableError: before the agent ran, or instead of putting off or burying; nothing is lost by it.
        """
        claim = lease.claim
        try:
            if claim.delivery > self.retries.max_deliveries:
                # Reading it may be what takes workers down.
                reason = f"crash loop: {claim.delivery - 1} workers did not finish it"
                return await self.settle_turn.dead_letter(lease=lease, reason=reason)
            turn = await lease.begin()
            return Outcome.NOTHING_WAITED if turn is None else await self._attempt(lease, turn)
        except UnreadableTurnError as error:
            return await self.settle_turn.dead_letter(lease=lease, reason=str(error))
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
            decision = self._after(error, turn)
            return await self.settle_turn(decision=decision, lease=lease, turn=turn, detail=type(error).__name__)

    async def _answer(self, lease: Lease, turn: Turn) -> Outcome:
        """Unless the circuit breaker is open; when it is half-open, this turn may make the trial send."""
        try:
            channel = self.channels[turn.conversation.channel]
        except UnknownChannelError as error:
            return await self.settle_turn.dead_letter(lease=lease, reason=str(error), turn=turn)
        breaker = await self.breaker.try_acquire(channel=channel.name)
        if breaker.state is State.OPEN:
            wait = Defer(after_seconds=breaker.seconds, reason=breaker.reason)
            return await self.settle_turn(decision=wait, lease=lease, turn=turn, detail=breaker.reason)
        return await self._say(lease, turn, channel, is_trial=breaker.state is State.HALF_OPEN)

    async def _say(self, lease: Lease, turn: Turn, channel: Channel, *, is_trial: bool) -> Outcome:
        reply = turn.reply
        if reply is None:
            try:
                reply = await self.compose(turn=turn, channel=channel)
            except (LeaseLostError, StoreUnavailableError):
                raise
            except SendFailedError as error:
                return await self._stop(error, lease, turn, channel)
            except NumberStoppedError as error:
                return await self._wait(str(error), lease, turn, channel)
            except Exception as error:  # noqa: BLE001  (a fault of ours is no reason to leave somebody without a word)
                decision, detail = self._after(error, turn), _words(error, channel)
                if isinstance(decision, Retry):
                    return await self.settle_turn(decision=decision, lease=lease, turn=turn, detail=detail)
                reply = self.compose.apology(turn=turn, channel=channel, reason=detail)
            await lease.save_reply(reply)
            # The agent's failures do not count against the channel.
            turn = evolve(turn, attempts=0)
        said = await self.deliver(lease=lease, turn=turn, channel=channel, reply=reply, is_trial=is_trial)
        return await self._settle(lease, turn, said)

    async def _stop(self, error: SendFailedError, lease: Lease, turn: Turn, channel: Channel) -> Outcome:
        """A file of the answer could not be put with the channel, for nothing can be sent; the turn begins anew."""
        await self.breaker.open(channel=channel.name, reason=error.detail, seconds=self.retries.longest_seconds)
        retry = Retry(after_seconds=self.retries.backoff(turn.attempts, turn_id=turn.id))
        return await self.settle_turn(
            decision=retry, lease=lease, turn=turn, detail=error.detail, logged=loggable(error.detail)
        )

    async def _wait(self, reason: str, lease: Lease, turn: Turn, channel: Channel) -> Outcome:
        """A file the person sent cannot be had, for the number is stopped: it waits, as what is to be sent does."""
        seconds = self.retries.longest_seconds
        await self.breaker.open(channel=channel.name, reason=reason, seconds=seconds)
        wait = Defer(after_seconds=seconds, reason=reason)
        return await self.settle_turn(decision=wait, lease=lease, turn=turn, detail=reason)

    def _after(self, error: Exception, turn: Turn) -> Decision:
        if isinstance(error, AgentFailedError):
            return self.retries.after_agent_failure(error.failure, attempts=turn.attempts, turn_id=turn.id)
        logger.error("turn %s failed inside", turn.id, exc_info=error)
        return self.retries.after_own_failure(attempts=turn.attempts, turn_id=turn.id)

    async def _settle(self, lease: Lease, turn: Turn, said: Reply | Undelivered) -> Outcome:
        if isinstance(said, Undelivered):
            return await self.settle_turn(
                decision=said.decision,
                lease=lease,
                turn=turn,
                detail=said.detail,
                logged=loggable(said.detail),
                unconfirmed=said.unconfirmed,
            )
        if said.is_apology:
            return await self.settle_turn.dead_letter(lease=lease, reason=said.reason, turn=turn)
        await lease.complete()
        detail = {"turn_id": turn.id, "reason": said.reason, "parts": str(len(said.parts))}
        await self.settle_turn.publish(ActivityKind(said.outcome), turn.conversation, **detail)
        return said.outcome


def _words(error: Exception, channel: Channel) -> str:
    if isinstance(error, AgentFailedError):
        return f"agent {channel.agent}: {error}"
    return f"internal error ({type(error).__name__})"
