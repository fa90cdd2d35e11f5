"""What follows when a message fails after the channel took it: most failures are told only then."""

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
from domain.messages.parts import TextPart
from domain.messages.plain_text import shortened
from domain.people.person import Conversation, Person
from domain.policies.retry import SendFailure

STOP_SECONDS = 60.0
SLOW_SECONDS = 10.0
SAID_IN_WORDS = frozenset({SendFailure.MEDIA_REFUSED, SendFailure.PART_REFUSED})


@frozen(kw_only=True)
class HandleDeliveryFailure:
    """As far as it still can be mended it is, once, however often the channel tells; and the agent hears of it."""

    channels: Channels
    inbox: Inbox
    states: ConversationStates
    log: MessageLog
    send_rate_limiter: SendRateLimiter
    breaker: CircuitBreaker

    async def mend(self, *, status: StatusUpdate, now: float) -> None:
        """May be repeated. What is to last for a while counts from the time of the failure.

        Raises:
            StoreUnavailableError: it is not mended.
        """
        part, age = status.part, max(0.0, now - status.at)
        match status.failure:
            case SendFailure.NUMBER_STOPPED if age < STOP_SECONDS:
                reason = "; ".join(status.errors)
                await self.breaker.open(channel=status.channel, reason=reason, seconds=STOP_SECONDS - age)
            case SendFailure.PERSON_THROTTLED if part and age < SLOW_SECONDS:
                await self.send_rate_limiter.back_off(conversation=part.conversation, seconds=SLOW_SECONDS - age)
            case SendFailure.WINDOW_CLOSED if part and status.to:
                await self._send_template(part, status.to)
            case SendFailure.MEDIA_REFUSED | SendFailure.PART_REFUSED if part and status.to:
                await self._say_in_words(part, status.to)

    async def tell(self, *, status: StatusUpdate) -> None:
        """Let the agent know what was said in vain; not of a file, which is said in words instead.

        Raises:
            StoreUnavailableError: the agent will not know.
        """
        if status.part is None or status.failure is None:
            return
        instead, name = str(status.part), status.message_id
        words = await self.log.recall(channel=status.channel, message_ids=[instead, name])
        if instead in words and status.failure in SAID_IN_WORDS:
            return
        note = AgentNote(kind=NoteKind.NOT_DELIVERED, text=shortened(words.get(name, "")))
        await self.states.note(conversation=status.part.conversation, agent_notes=[note])

    async def _send_template(self, part: PartReference, to: Person) -> None:
        """In place of an answer that came too late, once for all its parts."""
        template = self.channels[part.conversation.channel].late_template
        if template and not part.turn_id.startswith(INITIATED_PREFIX):
            reply = Reply(outcome=Outcome.INITIATED, parts=(template,), reason="the window was closed")
            await self._queue(f"late:{part.turn_id}", reply, part.conversation, to)

    async def _say_in_words(self, part: PartReference, to: Person) -> None:
        """The channel could not use a file after all: the person gets its caption and address instead."""
        name = str(part)
        words = await self.log.recall(channel=part.conversation.channel, message_ids=[name])
        if name in words:
            said = TextPart(body=words[name])
            # What was asked after the file is still the latest question.
            reply = Reply(outcome=Outcome.INITIATED, parts=(said,), reason="a file was refused", choices=None)
            await self._queue(f"words:{name}", reply, part.conversation, to)

    async def _queue(self, key: str, reply: Reply, conversation: Conversation, to: Person) -> None:
        await self.inbox.initiate(turn=Turn.initiated(key, conversation=conversation, reply=reply, to=to))
