"""Send a reply's parts in order, each once as far as anybody can know."""

import asyncio

from attrs import evolve, frozen

from application.channels import Channel
from application.lease import Lease
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.messenger import SendFailedError
from application.ports.send_rate_limiter import SendRateLimiter
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.render import fallback_for
from application.sending.send_part import SendPart, unconfirmed_attempts
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.messages.parts import MediaPart, Part
from domain.messages.plain_text import operator_note
from domain.policies.retry import Decision, Defer, Retry, RetryPolicy, SendFailure, Suppress

MAX_WAITS = 3
# A shorter wait for the channel's pace is not worth giving the conversation back.
PATIENCE_SECONDS = 2.0
UNSENT = "[your last answer was not sent, for a colleague answers]"
REST_UNSENT = "[the rest of your last answer was not sent, for a colleague answers]"


@frozen(kw_only=True)
class Undelivered:
    """A part could not be sent: what follows, why, and the doubt whether it was all the same."""

    decision: Decision
    detail: str
    unconfirmed: UnconfirmedSend | None = None


OFFERING = frozenset({Outcome.ANSWERED, Outcome.INITIATED})


@frozen(kw_only=True)
class DeliverReply:
    """Go on at the first part that is not recorded as sent, and record each one that is."""

    retries: RetryPolicy
    states: ConversationStates
    send_rate_limiter: SendRateLimiter
    breaker: CircuitBreaker
    send: SendPart
    clock: Clock

    async def __call__(
        self, *, lease: Lease, turn: Turn, channel: Channel, reply: Reply, is_trial: bool = False
    ) -> Reply | Undelivered:
        """The reply as it was said in the end, when every part is with the channel.

        `is_trial`: the circuit breaker is half-open, and the first part that is sent closes it.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was sent.
            StoreUnavailableError: what was not recorded is done again.
        """
        if len(turn.sent) < len(reply.parts) and (obstacle := self._obstacle(turn)):
            return obstacle
        if reply.hands_over:
            human_until = self.clock.now() + channel.human_seconds
            await self.states.change(conversation=turn.conversation, human_until=human_until)
        state: ConversationState | None = None
        while len(turn.sent) < len(reply.parts):
            state = await self.states.of(conversation=turn.conversation)
            match await self._say_next(lease, turn, channel, reply, state):
                case Undelivered() as undelivered:
                    return undelivered
                case Reply() as replaced:
                    reply = replaced
                case message_id:
                    part = reply.parts[len(turn.sent)]
                    turn = evolve(
                        turn, sent=(*turn.sent, message_id), attempts=0, confirmation_waits=0, unconfirmed_attempts=0
                    )
                    if is_trial:
                        await self.breaker.close(channel=channel.name)
                        is_trial = False
                    if len(turn.sent) < len(reply.parts):
                        await self._keep_order(channel, part, message_id)
        await self._offer(turn, reply, state)
        return reply

    async def _say_next(
        self, lease: Lease, turn: Turn, channel: Channel, reply: Reply, state: ConversationState
    ) -> str | Reply | Undelivered:
        """The id of what was said; or the reply with something else in its place; or why nothing can be said."""
        if hindrance := await self._hindrance(turn, channel, reply, state):
            return hindrance
        await lease.require()
        part = reply.parts[len(turn.sent)]
        try:
            return await self.send(lease=lease, turn=turn, channel=channel, part=part, state=state)
        except SendFailedError as error:
            instead = fallback_for(error.failure, channel, part, turn.person)
            # An operator meant these words, and no others.
            late = error.failure is SendFailure.WINDOW_CLOSED and reply.outcome is Outcome.INITIATED
            if instead is None or late:
                return await self._failed(error, turn, channel)
            return await self._replace(lease, turn, reply, instead, error.failure)

    async def _keep_order(self, channel: Channel, part: Part, message_id: str) -> None:
        if isinstance(part, MediaPart) and channel.messenger.media_may_arrive_late:
            await self.send.let_arrive(channel=channel, message_id=message_id)

    async def _offer(self, turn: Turn, reply: Reply, state: ConversationState | None) -> None:
        """From now on somebody who types a number means one of these choices, if any.

        And the agent hears of what it did not say itself. `state` is what it was, as far as it is known.
        """
        choices = reply.choices if reply.outcome in OFFERING and reply.parts else None
        if choices is not None and (state is None or choices != state.choices):
            await self.states.change(conversation=turn.conversation, choices=choices)
        if reply.outcome is Outcome.INITIATED:
            await self.states.note(conversation=turn.conversation, agent_notes=[operator_note(reply.parts)])

    def _obstacle(self, turn: Turn) -> Undelivered | None:
        """A worker that had this turn before us may have died between sending a part and recording it.

        So may one that tried it once more. But what takes down whoever sends it must come to its end.
        """
        if given_up := self.retries.before_send(unconfirmed_attempts=turn.unconfirmed_attempts):
            return Undelivered(decision=given_up, detail=turn.error)
        if turn.deliveries == 1 or turn.reply is None or turn.confirmation_waits >= MAX_WAITS:
            return None
        wait = Retry(after_seconds=self.retries.confirm_seconds)
        detail = "the last worker may have sent the next part"
        return Undelivered(
            decision=wait,
            detail=detail,
            unconfirmed=UnconfirmedSend(part=len(turn.sent), unconfirmed_attempts=turn.unconfirmed_attempts),
        )

    async def _hindrance(
        self, turn: Turn, channel: Channel, reply: Reply, state: ConversationState
    ) -> Undelivered | None:
        """A human who has taken over meanwhile, or the pace the channel takes."""
        if reply.yields_to_human and state.with_human(now=self.clock.now()):
            if reply.outcome is Outcome.ANSWERED:
                agent_notes = [REST_UNSENT if turn.sent else UNSENT]
                await self.states.note(conversation=turn.conversation, agent_notes=agent_notes)
            return Undelivered(decision=Suppress(reason="a human has taken over"), detail="")
        received, send_rates = 0 if turn.sent else len(turn.messages), channel.messenger.send_rates
        while wait := await self.send_rate_limiter.take(
            conversation=turn.conversation, send_rates=send_rates, received=received
        ):
            if wait > PATIENCE_SECONDS:
                return Undelivered(decision=Defer(after_seconds=wait, reason="paced"), detail="")
            await asyncio.sleep(wait)
        return None

    async def _replace(
        self, lease: Lease, turn: Turn, reply: Reply, instead: tuple[Part, ...], why: SendFailure
    ) -> Reply:
        """Say something else in place of the next part; a closed window leaves no room for the rest."""
        at = len(turn.sent)
        rest = () if why is SendFailure.WINDOW_CLOSED else reply.parts[at + 1 :]
        reason = "; ".join(filter(None, (reply.reason, f"part {at} replaced: {why}")))
        replaced = evolve(reply, parts=(*reply.parts[:at], *instead, *rest), reason=reason)
        await lease.save_reply(replaced)
        return replaced

    async def _failed(self, error: SendFailedError, turn: Turn, channel: Channel) -> Undelivered:
        decision = self.retries.after_send_failure(error.failure, attempts=turn.attempts, turn_id=turn.id)
        match decision, error.failure:
            case Retry(after_seconds=seconds), SendFailure.PERSON_THROTTLED:
                await self.send_rate_limiter.back_off(conversation=turn.conversation, seconds=seconds)
            case Retry(after_seconds=seconds), SendFailure.THROTTLED:
                await self.send_rate_limiter.back_off_all(channel=channel.name, seconds=seconds)
            case Defer(after_seconds=seconds), _:
                await self.breaker.open(channel=channel.name, reason=error.detail, seconds=seconds)
        unconfirmed = unconfirmed_attempts(turn) if error.failure is SendFailure.UNKNOWN else None
        return Undelivered(decision=decision, detail=error.detail, unconfirmed=unconfirmed)
