"""Send a reply's parts in order, each once as far as anybody can know."""

import asyncio
import contextlib

from attrs import evolve, frozen

from application.channels import Channel
from application.lease import Lease
from application.number_stops import NumberStops
from application.ports.clock import Clock
from application.ports.mailbox import LeaseLostError
from application.ports.message_log import MessageLog, Remembered
from application.ports.messenger import SendFailedError
from application.ports.pacer import Pacer
from application.ports.standings import Standings
from application.ports.store import StoreUnavailableError
from domain.failures import Decision, Defer, Retry, RetryPolicy, SendFailure, Withhold
from domain.parts import MediaPart, Part, TextPart
from domain.replies import Reply, ReplyKind
from domain.turns import Doubt, Turn
from domain.wording import part_in_words

MOST_WAITS = 3
# A shorter wait for the channel's pace is not worth giving the conversation back.
PATIENCE_SECONDS = 2.0


@frozen(kw_only=True)
class Undelivered:
    """A part could not be sent: what follows, why, and the doubt whether it was all the same."""

    decision: Decision
    detail: str
    doubt: Doubt | None = None


# What a human who has taken over says instead.
REPLACEABLE = frozenset({ReplyKind.ANSWER, ReplyKind.APOLOGY, ReplyKind.LIMITED, ReplyKind.UNREADABLE})


@frozen(kw_only=True)
class DeliverReply:
    """Go on at the first part that is not recorded as sent, and record each one that is."""

    retries: RetryPolicy
    standings: Standings
    pacer: Pacer
    stops: NumberStops
    log: MessageLog
    clock: Clock

    async def __call__(self, *, lease: Lease, turn: Turn, channel: Channel, reply: Reply) -> Reply | Undelivered:
        """The reply as it was said in the end, when every part is with the channel.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was sent.
            StoreUnavailableError: whether a part may be sent is not known; it was not.
        """
        if len(turn.sent) < len(reply.parts) and (obstacle := self._obstacle(turn)):
            return obstacle
        while len(turn.sent) < len(reply.parts):
            part = reply.parts[len(turn.sent)]
            if hindrance := await self._hindrance(turn, channel, reply):
                return hindrance
            await lease.require()
            try:
                message_id = await self._send(lease, turn, channel, part)
            except SendFailedError as error:
                instead = _instead(error.failure, channel, part)
                if instead is None:
                    return await self._failed(error, turn, channel)
                reply = await self._replace(lease, turn, reply, instead, error.failure)
                continue
            await self._record(lease, turn, channel, part, message_id)
            turn = evolve(turn, sent=(*turn.sent, message_id), attempts=0, doubts=0, unheard=0)
        return reply

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

    async def _hindrance(self, turn: Turn, channel: Channel, reply: Reply) -> Undelivered | None:
        """A human who has taken over meanwhile, or the pace the channel takes."""
        if reply.kind in REPLACEABLE and not reply.hands_over:
            standing = await self.standings.of(conversation=turn.conversation)
            if standing.with_human(now=self.clock.now()):
                return Undelivered(decision=Withhold(reason="a human has taken over"), detail="")
        heard, paces = 0 if turn.sent else len(turn.messages), channel.messenger.paces
        while wait := await self.pacer.take(conversation=turn.conversation, paces=paces, heard=heard):
            if wait > PATIENCE_SECONDS:
                return Undelivered(decision=Defer(after_seconds=wait, reason="paced"), detail="")
            await asyncio.sleep(wait)
        return None

    async def _send(self, lease: Lease, turn: Turn, channel: Channel, part: Part) -> str:
        heard_at = turn.messages[-1].sent_at if turn.messages else await self._heard_at(turn)
        if not channel.takes(part, heard_at=heard_at, now=self.clock.now()):
            raise SendFailedError(SendFailure.WINDOW_CLOSED, "not sent, the person wrote too long ago")
        reference = str(turn.reference(len(turn.sent)))
        if isinstance(part, MediaPart):
            # The channel may tell that it cannot use it before it has told us its id.
            await self._remember(channel, reference, part)
        lease.unproven = True
        try:
            return await channel.messenger.send(part=part, to=turn.person, reference=reference)
        except SendFailedError as error:
            lease.unproven = error.failure is SendFailure.UNKNOWN
            raise
        except asyncio.CancelledError:
            # Told to stop in the middle of it: the channel gets the time to prove it before anybody tries again.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                seconds = self.retries.confirm_seconds
                await lease.put_off(after_seconds=seconds, error="interrupted while sending", doubt=_unheard(turn))
            raise

    async def _heard_at(self, turn: Turn) -> float | None:
        return (await self.standings.of(conversation=turn.conversation)).heard_at

    async def _record(self, lease: Lease, turn: Turn, channel: Channel, part: Part, message_id: str) -> None:
        await lease.record_sent(len(turn.sent), message_id)
        await self._remember(channel, message_id, part)

    async def _remember(self, channel: Channel, name: str, part: Part) -> None:
        remembered = Remembered(channel=channel.name, message_id=name, words=part_in_words(part))
        await self.log.remember(messages=[remembered])

    async def _replace(self, lease: Lease, turn: Turn, reply: Reply, instead: Part, why: SendFailure) -> Reply:
        """Say something else in place of the next part; a closed window leaves no room for the rest."""
        at = len(turn.sent)
        rest = () if why is SendFailure.WINDOW_CLOSED else reply.parts[at + 1 :]
        reason = "; ".join(filter(None, (reply.reason, f"part {at} replaced: {why}")))
        replaced = evolve(reply, parts=(*reply.parts[:at], instead, *rest), reason=reason)
        await lease.save_reply(replaced)
        return replaced

    async def _failed(self, error: SendFailedError, turn: Turn, channel: Channel) -> Undelivered:
        decision = self.retries.after_send_failure(error.failure, attempts=turn.attempts, turn_id=turn.id)
        if error.failure is SendFailure.PERSON_THROTTLED and isinstance(decision, Retry):
            await self.pacer.slow(conversation=turn.conversation, seconds=decision.after_seconds)
        if error.failure is SendFailure.NUMBER_STOPPED and isinstance(decision, Defer):
            await self.stops.stop(channel=channel.name, reason=error.detail, seconds=decision.after_seconds)
        doubt = _unheard(turn) if error.failure is SendFailure.UNKNOWN else None
        return Undelivered(decision=decision, detail=error.detail, doubt=doubt)


def _instead(failure: SendFailure, channel: Channel, part: Part) -> Part | None:
    """What can be sent where this part cannot."""
    if failure is SendFailure.WINDOW_CLOSED and part != channel.late_template:
        return channel.late_template
    if failure is SendFailure.MEDIA_REFUSED and isinstance(part, MediaPart) and part.link:
        return TextPart(body=part_in_words(part))
    return None


def _unheard(turn: Turn) -> Doubt:
    return Doubt(part=len(turn.sent), unheard=turn.unheard + 1)
