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
from domain.turns import Doubt, Turn

MOST_WAITS = 3


@frozen(kw_only=True)
class Undelivered:
    """A part could not be sent: what follows, why, and the doubt whether it was all the same."""

    decision: Decision
    detail: str
    doubt: Doubt | None = None


@frozen(kw_only=True)
class DeliverReply:
    """Go on at the first part that is not recorded as sent, and record each one that is."""

    retries: RetryPolicy

    async def __call__(self, *, lease: Lease, turn: Turn, channel: Channel, reply: Reply) -> Undelivered | None:
        """None when every part is with the channel.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was sent.
        """
        if len(turn.sent) < len(reply.parts) and (obstacle := self._obstacle(turn)):
            return obstacle
        for part in range(len(turn.sent), len(reply.parts)):
            await lease.require()
            try:
                message_id = await self._send(lease, turn, channel, reply, part)
            except SendFailedError as error:
                return self._undelivered(error, turn, part)
            await lease.record_sent(part, message_id)
        return None

    def _obstacle(self, turn: Turn) -> Undelivered | None:
        """A worker that had this turn before us may have died between sending a part and recording it.

        So may one that tried it once more. But what takes down whoever sends it must come to its end.
        """
        if given_up := self.retries.before_send(unheard=turn.unheard):
            return Undelivered(decision=given_up, detail=turn.error)
        if turn.deliveries == 1 or turn.reply is None or turn.doubts >= MOST_WAITS:
            return None
        wait = Retry(after_seconds=self.retries.confirm_seconds)
        detail = "the last worker may have sent the next part"
        return Undelivered(decision=wait, detail=detail, doubt=Doubt(part=len(turn.sent), unheard=turn.unheard))

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
                doubt = _unheard(turn, part)
                await lease.put_off(after_seconds=seconds, error="interrupted while sending", doubt=doubt)
            raise

    def _undelivered(self, error: SendFailedError, turn: Turn, part: int) -> Undelivered:
        attempts = turn.attempts if _began_with(turn, part) else 0
        decision = self.retries.after_send_failure(error.failure, attempts=attempts, turn_id=turn.id)
        doubt = _unheard(turn, part) if error.failure is SendFailure.UNKNOWN else None
        return Undelivered(decision=decision, detail=error.detail, doubt=doubt)


def _began_with(turn: Turn, part: int) -> bool:
    """Earlier failures belong to the part the turn began with; later parts start afresh."""
    return part == len(turn.sent)


def _unheard(turn: Turn, part: int) -> Doubt:
    return Doubt(part=part, unheard=(turn.unheard if _began_with(turn, part) else 0) + 1)
