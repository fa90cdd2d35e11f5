"""Wait until the account and the person may be sent one message more."""

import asyncio

from attrs import frozen

from application.channels import Channel
from application.ports.measurements import Measurements
from application.ports.send_rate_limiter import CreditRequest, SendRateLimiter
from application.sending.send_result import NotSent
from domain.conversations.turn import Turn
from domain.policies.retry import Defer
from domain.policies.send_rate import MAX_WAIT_SECONDS

# A timer may end up to a millisecond early. Then the store would be asked once more.
TIMER_SECONDS = 0.002


@frozen(kw_only=True)
class SendCredit:
    """Each part takes credit from the account and the person before it is sent. A turn that must wait long comes back.

    `line_up` and `wait_for` raise `StoreUnavailableError`. Then nothing happened.
    """

    limiter: SendRateLimiter
    measurements: Measurements

    async def line_up(self, *, turn: Turn, channel: Channel) -> NotSent | None:
        """Whether the turn must come back later, before the agent runs: others wait for the account's send rate.

        So no more agents run than answers can be sent, and webhooks do not wait for their work.
        """
        if not [message for message in turn.messages if not message.is_annotation]:
            return None
        send_rates = channel.messenger.send_rates
        wait = await self.limiter.line_up(
            conversation=turn.conversation,
            turn_id=turn.id,
            send_rates=send_rates,
            received=send_rates.received(len(turn.messages)),
        )
        if not wait:
            return None
        self.measurements.send_rate_wait(channel=channel.name, seconds=wait)
        return _deferred(turn, wait)

    def request(self, *, turn: Turn, channel: Channel) -> CreditRequest:
        """What the next part of the turn's reply asks for."""
        send_rates = channel.messenger.send_rates
        return CreditRequest(
            conversation=turn.conversation,
            turn_id=turn.id,
            send_rates=send_rates,
            received=0 if turn.sent else send_rates.received(len(turn.messages)),
            parts=len(turn.composed_reply.parts) - len(turn.sent),
        )

    async def wait_for(self, *, turn: Turn, channel: Channel, wait: float | None = None) -> NotSent | None:
        """Return when the next part may be sent; or a result, when the turn must come back for it.

        `wait` is the answer to `request`, if it was asked already.
        """
        if wait is None:
            wait = await self.limiter.take(self.request(turn=turn, channel=channel))
        while wait:
            self.measurements.send_rate_wait(channel=channel.name, seconds=wait)
            if wait > MAX_WAIT_SECONDS:
                return _deferred(turn, wait)
            await asyncio.sleep(wait + TIMER_SECONDS)
            wait = await self.limiter.take(self.request(turn=turn, channel=channel))
        return None


def _deferred(turn: Turn, wait: float) -> NotSent:
    return NotSent(turn=turn, decision=Defer(after_seconds=wait, reason="send rate", is_appointed=True))
