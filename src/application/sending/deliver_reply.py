"""Send the parts of a reply in order, and no part twice while the result of its send is known."""

from attrs import evolve, frozen

from application.channels import Channel
from application.lease import Lease
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.messenger import SendFailedError
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.handle_send_failure import HandleSendFailure
from application.sending.render import fallback_for
from application.sending.send_credit import SendCredit
from application.sending.send_part import SendPart
from application.sending.send_result import NotSent, Replaced, Sent
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.messages.outbound import MediaPart, Part
from domain.messages.plain_text import describe_part, shortened
from domain.policies.retry import GiveUp, Retry, RetryPolicy, SendFailure, Suppress, UnconfirmedSends, loggable

MAX_CONFIRMATION_WAITS = 3
OFFERING = frozenset({Outcome.ANSWERED, Outcome.INITIATED})


@frozen(kw_only=True)
class DeliverReply:
    """Go on at the first part that is not recorded as sent, and record each one that is."""

    retries: RetryPolicy
    states: ConversationStates
    credit: SendCredit
    breaker: CircuitBreaker
    handle_failure: HandleSendFailure
    send: SendPart
    clock: Clock

    async def __call__(
        self, *, lease: Lease, turn: Turn, channel: Channel, is_trial: bool, wait: float | None = None
    ) -> Sent | NotSent:
        """Send what is left of the turn's reply. The turn of the result has the reply as it was sent in the end.

        `is_trial`: the circuit breaker is half-open, and the first part that is sent closes it. `wait`: what
        the limiter has said of the next part already.

        Raises:
            LeaseLostError: another worker has the conversation; nothing more was sent.
            StoreUnavailableError: what was not recorded is done again.
        """
        part = turn.next_part
        if part is not None and (not_sent := self._unconfirmed(turn, channel)):
            return not_sent
        if turn.composed_reply.hands_over:
            lease.changes.state["human_until"] = self.clock.now() + channel.human_seconds
        while part is not None:
            result, wait = await self._send_next(lease, turn, channel, part, wait), None
            if isinstance(result, NotSent):
                return result
            turn, sent, part = result.turn, part, result.turn.next_part
            if isinstance(result, Sent) and (is_trial or part is not None):
                await self._go_on(lease, turn, channel, sent, is_trial=is_trial)
                is_trial = False
        self._remember(lease, turn)
        return Sent(turn=turn)

    async def _go_on(self, lease: Lease, turn: Turn, channel: Channel, part: Part, *, is_trial: bool) -> None:
        """Record a part that was sent, before anything else is done. The last part is recorded as the turn ends."""
        await lease.record_sent()
        if is_trial:
            await self.breaker.close(channel=channel.name)
        late = isinstance(part, MediaPart) and channel.messenger.media_may_arrive_late
        if late and turn.next_part is not None:
            await self.send.wait_for_arrival(channel=channel, message_id=turn.sent[-1])
            lease.state = await self.states.of(conversation=turn.conversation)

    def _unconfirmed(self, turn: Turn, channel: Channel) -> NotSent | None:
        """Whether the next part must wait for the confirmation of an earlier send, or is not sent again.

        A worker that had this turn before may have died between sending a part and recording it. A part that takes
        down every worker that sends it is given up in the end.
        """
        if turn.deliveries == 1 and not turn.unconfirmed_attempts:
            return None
        after = channel.after_unconfirmed
        if given_up := self.retries.before_send(
            unconfirmed_attempts=turn.unconfirmed_attempts, unconfirmed_sends=after
        ):
            return NotSent(turn=turn, decision=given_up, detail=turn.error, logged=loggable(turn.error))
        if turn.deliveries == 1 or turn.confirmation_waits >= MAX_CONFIRMATION_WAITS:
            return None
        if after is UnconfirmedSends.RESEND:
            return None
        why = "the last worker may have sent the next part"
        if after is UnconfirmedSends.DEAD_LETTER:
            return NotSent(turn=turn, decision=GiveUp(reason=f"send: {SendFailure.UNKNOWN}"), detail=why, logged=why)
        return NotSent(
            turn=turn,
            decision=Retry(after_seconds=self.retries.confirm_seconds),
            detail=why,
            logged=why,
            unconfirmed=UnconfirmedSend(part=len(turn.sent), unconfirmed_attempts=turn.unconfirmed_attempts),
        )

    async def _send_next(
        self, lease: Lease, turn: Turn, channel: Channel, part: Part, wait: float | None
    ) -> Sent | Replaced | NotSent:
        """Send the next part, unless a human has taken over or the send rate is used up."""
        reply = turn.composed_reply
        if reply.yields_to_human and lease.state.with_human(now=self.clock.now()):
            if reply.outcome is Outcome.ANSWERED:
                note = AgentNote(kind=NoteKind.REST_NOT_SENT if turn.sent else NoteKind.NOT_SENT)
                lease.changes.agent_notes += (note,)
            return NotSent(turn=turn, decision=Suppress(reason="a human has taken over"))
        # Most parts may be sent at once.
        if wait != 0 and (must_wait := await self.credit.wait_for(turn=turn, channel=channel, wait=wait)):
            return must_wait
        await lease.require()
        try:
            message_id = await self.send(lease=lease, turn=turn, channel=channel, part=part)
        except SendFailedError as error:
            if error.failure is SendFailure.PERSON_UNREACHABLE:
                self._note_unreachable(lease, part)
            fallback = fallback_for(error.failure, channel, part, turn.person)
            # A template does not stand in for the words of an operator.
            is_late = error.failure is SendFailure.WINDOW_CLOSED and reply.outcome is Outcome.INITIATED
            if fallback is None or is_late:
                return await self.handle_failure(
                    error.failure,
                    error.detail,
                    turn=turn,
                    retry_after_seconds=error.retry_after_seconds,
                    unconfirmed_sends=channel.after_unconfirmed,
                )
            return await self._replace(lease, turn, reply, fallback, error.failure)
        return Sent(turn=turn.with_sent(message_id))

    def _note_unreachable(self, lease: Lease, part: Part) -> None:
        """Initiate nothing from now on, and tell the agent what did not arrive."""
        if lease.state.is_reachable:
            lease.changes.state["unreachable_at"] = self.clock.now()
        lease.changes.agent_notes += (AgentNote(kind=NoteKind.NOT_DELIVERED, text=shortened(describe_part(part))),)

    async def _replace(
        self, lease: Lease, turn: Turn, reply: Reply, fallback: tuple[Part, ...], failure: SendFailure
    ) -> Replaced:
        """Put `fallback` in the place of the next part. When the window is closed, the rest cannot be sent either."""
        at = len(turn.sent)
        is_late = failure is SendFailure.WINDOW_CLOSED
        rest = () if is_late else reply.parts[at + 1 :]
        choices = () if is_late else reply.choices  # they are not shown: a yes would answer the template
        reason = "; ".join(filter(None, (reply.reason, f"part {at} replaced: {failure}")))
        replaced = evolve(reply, parts=(*reply.parts[:at], *fallback, *rest), reason=reason, choices=choices)
        await lease.save_reply(replaced)
        return Replaced(turn=evolve(turn, reply=replaced))

    def _remember(self, lease: Lease, turn: Turn) -> None:
        """Keep the choices that were offered last, and note for the agent what others wrote."""
        reply = turn.composed_reply
        choices = reply.choices if reply.outcome in OFFERING and reply.parts else None
        if choices is not None and choices != lease.state.choices:
            lease.changes.state["choices"] = choices
        if reply.outcome is Outcome.INITIATED:
            note = AgentNote(kind=NoteKind.OPERATOR_WROTE, text=" ".join(map(describe_part, reply.parts)))
            lease.changes.agent_notes += (note,)
