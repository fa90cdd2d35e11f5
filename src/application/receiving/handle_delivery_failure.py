"""What follows when a message fails after the channel accepted it. Most failures are reported only then."""

from attrs import frozen

from application.channels import Channels
from application.ports.conversation_states import ConversationStates
from application.ports.inbox import Inbox
from application.ports.message_log import MessageLog
from application.ports.send_rate_limiter import SendRateLimiter
from application.sending.circuit_breaker import CircuitBreaker
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.delivery import StatusUpdate
from domain.conversations.outcome import Outcome
from domain.conversations.reply import PartReference, Reply
from domain.conversations.turn import INITIATED_PREFIX, Turn
from domain.messages.outbound import TextPart
from domain.messages.plain_text import shortened
from domain.people.person import Conversation, Person
from domain.policies.retry import SendFailure

BREAKER_SECONDS = 60.0
BACK_OFF_SECONDS = 10.0
REPLACED_BY_TEXT = frozenset({SendFailure.MEDIA_REFUSED, SendFailure.PART_REFUSED})


@frozen(kw_only=True)
class HandleDeliveryFailure:
    """Recover from the failure where that is possible, and tell the agent. Repeated statuses have no effect."""

    channels: Channels
    inbox: Inbox
    states: ConversationStates
    log: MessageLog
    send_rate_limiter: SendRateLimiter
    breaker: CircuitBreaker

    async def recover(self, *, status: StatusUpdate, now: float) -> None:
        """Send less, or send something else instead. It may be repeated.

        A back-off and an open circuit breaker count from the time of the failure.

        Raises:
            StoreUnavailableError: call it again.
        """
        part, age = status.part, max(0.0, now - status.at)
        match status.failure:
            case SendFailure.ACCOUNT_BLOCKED if age < BREAKER_SECONDS:
                reason = "; ".join(status.errors)
                await self.breaker.open(channel=status.channel, reason=reason, seconds=BREAKER_SECONDS - age)
            case SendFailure.PERSON_THROTTLED if part and age < BACK_OFF_SECONDS:
                await self.send_rate_limiter.back_off(conversation=part.conversation, seconds=BACK_OFF_SECONDS - age)
            case SendFailure.WINDOW_CLOSED if part and status.to:
                await self._send_template(part, status.to)
            case SendFailure.MEDIA_REFUSED | SendFailure.PART_REFUSED if part and status.to:
                await self._send_text(part, status.to)

    async def notify_agent(self, *, status: StatusUpdate) -> None:
        """Note for the agent which message did not arrive; not for a file that is replaced by text.

        Raises:
            StoreUnavailableError: the agent is not told.
        """
        if status.part is None or status.failure is None:
            return
        fallback, name = str(status.part), status.message_id
        texts = await self.log.recall(channel=status.channel, message_ids=[fallback, name])
        if fallback in texts and status.failure in REPLACED_BY_TEXT:
            return
        text = shortened(texts[name].text) if name in texts else ""
        note = AgentNote(kind=NoteKind.NOT_DELIVERED, text=text)
        await self.states.note(conversation=status.part.conversation, agent_notes=[note])

    async def _send_template(self, part: PartReference, to: Person) -> None:
        """Send the template for late answers, once for all parts of the answer."""
        template = self.channels[part.conversation.channel].late_template
        if template and not part.turn_id.startswith(INITIATED_PREFIX):
            reply = Reply(outcome=Outcome.INITIATED, parts=(template,), reason="the window was closed")
            await self._queue(f"late:{part.turn_id}", reply, part.conversation, to)

    async def _send_text(self, part: PartReference, to: Person) -> None:
        """Send the caption and the address of a file that the channel could not use."""
        name = str(part)
        texts = await self.log.recall(channel=part.conversation.channel, message_ids=[name])
        if name in texts:
            text = TextPart(body=texts[name].text)
            # A question that was sent after the file is still the latest one.
            reply = Reply(outcome=Outcome.INITIATED, parts=(text,), reason="a file was refused", choices=None)
            await self._queue(f"text:{name}", reply, part.conversation, to)

    async def _queue(self, key: str, reply: Reply, conversation: Conversation, to: Person) -> None:
        await self.inbox.initiate(turn=Turn.initiated(key, conversation=conversation, reply=reply, to=to))
