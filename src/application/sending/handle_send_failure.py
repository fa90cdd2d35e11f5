"""Decide what follows a failed send, and send less where the failure asks for it."""

from attrs import frozen

from application.ports.send_rate_limiter import SendRateLimiter
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.send_result import NotSent
from domain.conversations.turn import Turn
from domain.policies.retry import Defer, Retry, RetryPolicy, SendFailure, UnconfirmedSends, loggable


@frozen(kw_only=True)
class HandleSendFailure:
    """Back off after a throttled send; open the circuit breaker when nothing can be sent from the account."""

    retries: RetryPolicy
    send_rate_limiter: SendRateLimiter
    breaker: CircuitBreaker

    async def __call__(
        self,
        failure: SendFailure,
        detail: str,
        *,
        turn: Turn,
        agent_ran: bool = False,
        retry_after_seconds: float = 0.0,
        unconfirmed_sends: UnconfirmedSends = UnconfirmedSends.CONFIRM,
    ) -> NotSent:
        """The decision of the retry policy, carried out as far as it concerns other turns too.

        `agent_ran`: the failure happened before the agent's reply was saved, so the agent runs again.
        `retry_after_seconds` is how long the channel wants us to wait.

        Raises:
            StoreUnavailableError: it may be repeated.
        """
        channel = turn.conversation.channel
        decision = self.retries.after_send_failure(
            failure,
            attempts=turn.attempts,
            turn_id=turn.id,
            agent_ran=agent_ran,
            retry_after_seconds=retry_after_seconds,
            unconfirmed_sends=unconfirmed_sends,
        )
        match failure, decision:
            case SendFailure.PERSON_THROTTLED, Retry(after_seconds=seconds):
                await self.send_rate_limiter.back_off(conversation=turn.conversation, seconds=seconds)
            case SendFailure.THROTTLED, Retry(after_seconds=seconds):
                await self.send_rate_limiter.back_off_all(channel=channel, seconds=seconds)
            case _, Defer(after_seconds=seconds):
                await self.breaker.open(channel=channel, reason=detail, seconds=seconds)
            case SendFailure.ACCOUNT_BLOCKED, _:
                await self.breaker.open(channel=channel, reason=detail, seconds=self.retries.max_seconds)
        return NotSent(
            turn=turn,
            decision=decision,
            detail=detail,
            logged=loggable(detail),
            unconfirmed=turn.unconfirmed_send() if failure is SendFailure.UNKNOWN else None,
        )
