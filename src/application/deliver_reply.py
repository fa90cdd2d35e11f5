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

MOST_WAITS = 3


@frozen(kw_only=True)
class Undelivered:
    """A part could not be sent: what follows, why, and which part may be with the person all the same."""

    decision: Decision
    detail: str
    doubt: int | None = None


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
            detail = "the last worker may have sent the next part"
            return Undelivered(decision=wait, detail=detail, doubt=len(turn.sent))
        for part in range(len(turn.sent), len(reply.parts)):
            lease.require()
            try:
                message_id = await self._send(lease, turn, channel, reply, part)
            except SendFailedError as error:
                return self._undelivered(error, turn, part)
            await lease.record_sent(part, message_id)
        return None

    def _may_have_been_sent(self, turn: Turn, reply: Reply) -> bool:
        """A worker that had this turn before us may have died between sending a part and recording it.

        So may one that tried it once more. But what takes down whoever sends it must come to its end.
        """
        taken_over = turn.deliveries > 1 and turn.reply is not None
        return taken_over and turn.doubts < MOST_WAITS and len(turn.sent) < len(reply.parts)

    async def _send(self, lease: Lease, turn: Turn, channel: Channel, reply: Reply, part: int) -> str:
        reference = str(turn.reference(part))
        lease.unproven = True
        try:
            return await channel.messenger.send(part=reply.parts[part], to=turn.person, reference=reference)
        except SendFailedError as error:
            lease.unproven = error.failure is SendFailure.UNKNOWN
            raise
        except asyncio.CancelledError:
            # Told to stop in the middle of it: the channel gets the time to prove it before anybody tries again.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                seconds = self.retries.confirm_seconds
                await lease.put_off(after_seconds=seconds, error="interrupted while sending", doubt=part)
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
        doubt = part if error.failure is SendFailure.UNKNOWN else None
        return Undelivered(decision=decision, detail=error.detail, doubt=doubt)
