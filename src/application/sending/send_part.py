"""Send one part of a reply, so that the channel can confirm it and nothing is sent twice without need."""

import asyncio
import contextlib
import time

from attrs import evolve, frozen

from application.channels import Channel
from application.lease import Lease
from application.phone_numbers import learn_number
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.leases import LeaseLostError
from application.ports.measurements import Measurements
from application.ports.message_log import MessageLog, Remembered, sent_name
from application.ports.messenger import SendFailedError, SentMessage
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.sending.render import file_fallback
from domain.conversations.state import ConversationState
from domain.conversations.transcript import SentPart
from domain.conversations.turn import Turn
from domain.messages.outbound import MediaPart, Part
from domain.messages.plain_text import describe_part
from domain.people.person import Person
from domain.policies.retry import RetryPolicy, SendFailure, UnconfirmedSends

# The next part waits five seconds at most for a file to arrive. A phone that is off loses no order.
ARRIVAL_POLL_SECONDS = 0.1
MAX_ARRIVAL_POLLS = 50


@frozen(kw_only=True)
class SendPart:
    """Send the next part of a turn, and note in the lease's changes that it was sent."""

    retries: RetryPolicy
    log: MessageLog
    directory: Directory
    states: ConversationStates
    measurements: Measurements
    clock: Clock
    tracer: Tracer

    async def __call__(self, *, lease: Lease, turn: Turn, channel: Channel, part: Part) -> str:
        """Returns the channel's id of the message.

        Raises:
            SendFailedError: it was not sent, or nobody knows whether it was.
            LeaseLostError: another worker has the conversation.
        """
        state = lease.state
        if not state.is_reachable:
            raise SendFailedError(SendFailure.PERSON_UNREACHABLE, "not sent, they blocked us or left")
        if not channel.accepts(part, heard_at=_heard_at(turn, state), now=self.clock.now()):
            raise SendFailedError(SendFailure.WINDOW_CLOSED, "not sent, the person wrote too long ago")
        if state.refuses(part):
            raise SendFailedError(SendFailure.FINAL, "not sent, they take no marketing messages")
        to, reference = _addressee(turn, state), str(turn.reference(len(turn.sent)))
        if isinstance(part, MediaPart):
            # A status that refuses the file may come before the channel has returned the id of the message.
            text = file_fallback(channel, part, to).body.text
            file = Remembered(channel=channel.name, message_id=reference, text=text, conversation=turn.conversation)
            await self.log.remember(messages=[file])
        with self.tracer.send(turn=turn) as span:
            accepted = await self._send(lease, turn, channel, part=part, to=to, reference=reference)
        text = describe_part(part)
        sent = Remembered(
            channel=channel.name,
            message_id=accepted.message_id,
            text=text,
            by_us=True,
            at=self.clock.now(),
            trace=span.trace,
            conversation=turn.conversation,
        )
        lease.changes.words += (sent,)
        if turn.is_initiated:
            # Who began it asks for it by the id of the turn.
            named = evolve(sent, message_id=sent_name(turn.id, len(turn.sent)), text=accepted.message_id, trace="")
            lease.changes.words += (named,)
            if accepted.phone:
                await lease.record_sent()
                await learn_number(
                    accepted.phone,
                    conversation=turn.conversation,
                    at=self.clock.now(),
                    directory=self.directory,
                    states=self.states,
                )
        return accepted.message_id

    async def _send(
        self, lease: Lease, turn: Turn, channel: Channel, *, part: Part, to: Person, reference: str
    ) -> SentMessage:
        lease.unconfirmed = True
        began, outcome, code = time.monotonic(), "cancelled", ""
        try:
            accepted = await channel.messenger.send(part=part, to=to, reference=reference)
            outcome = "sent"
        except SendFailedError as error:
            outcome, code = error.failure.value, error.code
            lease.unconfirmed = error.failure is SendFailure.UNKNOWN
            raise
        except asyncio.CancelledError:
            # The worker stops during the send: nobody tries again before the channel had the time to confirm it.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                confirms = channel.after_unconfirmed is UnconfirmedSends.CONFIRM
                seconds = self.retries.confirm_seconds if confirms else 0.0
                await lease.retry_later(
                    after_seconds=seconds, error="interrupted while sending", unconfirmed=turn.unconfirmed_send()
                )
            raise
        finally:
            self.measurements.sent(channel=channel.name, outcome=outcome, code=code, seconds=time.monotonic() - began)
        number = len(turn.sent)
        lease.changes.sent[number] = accepted.message_id
        lease.changes.parts[number] = SentPart(
            message_id=accepted.message_id, part=part, turn_id=turn.id, outcome=turn.composed_reply.outcome
        )
        lease.unconfirmed = False
        return accepted

    async def wait_for_arrival(self, *, channel: Channel, message_id: str) -> None:
        """Wait until a file is delivered, so that the next part does not overtake it."""
        for _ in range(MAX_ARRIVAL_POLLS):
            if await self.log.arrived(channel=channel.name, message_id=message_id):
                return
            await asyncio.sleep(ARRIVAL_POLL_SECONDS)


def _heard_at(turn: Turn, state: ConversationState) -> float | None:
    """When the person last wrote, perhaps after the messages of this turn."""
    times = [message.sent_at for message in turn.messages]
    return max([*times, *filter(None, [state.heard_at])], default=None)


def _addressee(turn: Turn, state: ConversationState) -> Person:
    """The person, by their new names when they changed them after they wrote."""
    wrote_at = turn.messages[-1].sent_at if turn.messages else state.heard_at or 0.0
    return state.moved_to if state.moved_to and state.moved_at >= wrote_at else turn.person
