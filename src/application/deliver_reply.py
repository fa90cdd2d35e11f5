"""Send a reply's parts in order, each once as far as anybody can know."""

import asyncio
import contextlib

from attrs import frozen

from application.channels import Channel
from application.lease import Lease
from application.ports.mailbox import LeaseLostError
from application.ports.messenger import SendFailedError
from application.ports.store import StoreUnavailableError
from domain.failures import Decision, Retry, RetryPolicy, SendFailure
from domain.replies import Reply
from domain.turns import Turn


@frozen(kw_only=True)
class Undelivered:
    """A part could not be sent: what follows, why, and whether it may be with the person all the same."""

    decision: Decision
    detail: str
    doubt: bool = False


@frozen(kw_only=True)
class DeliverReply:
    """Go on at the first part that is not recorded as sent, and record each one that is."""

    retries: RetryPolicy

    async def __call__(self, *, lease: Lease, turn: Turn, channel: Channel, reply: Reply) -> Undelivered | None:
        """None when every part is with the channel.

        Raises:
            LeaseLostError: another worker may have the conversation; nothing more was sent.
            StoreUnavailableError: a part was sent and could not be recorded.
        """
        if self._may_have_been_sent(turn, reply):
            wait = Retry(after_seconds=self.retries.confirm_seconds)
            return Undelivered(decision=wait, detail="the last worker may have sent the next part", doubt=True)
        for part in range(len(turn.sent), len(reply.parts)):
            lease.require()
            try:
                message_id = await self._send(lease, turn, channel, reply, part)
            except SendFailedError as error:
                return self._undelivered(error, turn, part)
            await lease.record_sent(part, message_id)
        return None

    def _may_have_been_sent(self, turn: Turn, reply: Reply) -> bool:
        """A worker that had this turn before us may have died between sending a part and recording it."""
        return turn.deliveries > 1 and turn.reply is not None and not turn.doubts and len(turn.sent) < len(reply.parts)

    async def _send(self, lease: Lease, turn: Turn, channel: Channel, reply: Reply, part: int) -> str:
        reference = str(turn.reference(part))
        try:
            return await channel.messenger.send(part=reply.parts[part], to=turn.person, reference=reference)
        except asyncio.CancelledError:
            # Told to stop in the middle of it: the channel gets the time to prove it before anybody tries again.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                seconds = self.retries.confirm_seconds
                await lease.put_off(after_seconds=seconds, error="interrupted while sending", doubt=True)
            raise

    def _undelivered(self, error: SendFailedError, turn: Turn, part: int) -> Undelivered:
        """Earlier failures belong to the part the turn began with; later parts start afresh."""
        first = part == len(turn.sent)
        decision = self.retries.after_send_failure(
            error.failure,
            attempts=turn.attempts if first else 0,
            doubts=turn.doubts if first else 0,
            turn_id=turn.id,
        )
        return Undelivered(decision=decision, detail=error.detail, doubt=error.failure is SendFailure.UNKNOWN)
