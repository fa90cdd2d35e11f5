"""Find out what a turn is to be answered: ask the agent, or say why not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence

from attrs import frozen

from application.admit_messages import AdmitMessages
from application.channels import Channel
from application.ports.agent import AgentPort
from application.ports.clock import Clock
from application.ports.messenger import SendFailedError
from domain.messages import InboundMessage, Text
from domain.replies import Reply, ReplyKind, TextPart
from domain.staleness import StalePolicy
from domain.texts import LocalizedText
from domain.turns import Turn


@frozen(kw_only=True)
class ComposeReply:
    """Apply the rate limit, run the agent for what passes, and put its words into the channel's form."""

    admit: AdmitMessages
    agent: AgentPort
    clock: Clock

    async def __call__(self, *, turn: Turn, channel: Channel) -> Reply:
        """The turn's reply; its parts may be none.

        Raises:
            AgentFailedError: no answer; whether to ask again is the caller's to decide.
            StoreUnavailableError: the limit could not be checked.
        """
        if channel.staleness.applies(turn.messages[-1], now=self.clock.now()):
            return self._stale(turn, channel)
        admission = await self.admit(turn=turn, policy=channel.rate_limit)
        notice = _told(channel, channel.texts.please_wait, turn) if admission.notice_due else ()
        limited = f"{len(admission.limited)} over the rate limit" if admission.limited else ""
        if not admission.admitted:
            return Reply(kind=ReplyKind.LIMITED, parts=notice, reason=limited)
        if not _query(admission.admitted):
            unsupported = _told(channel, channel.texts.unsupported, turn)
            return Reply(kind=ReplyKind.UNREADABLE, parts=unsupported + notice, reason="nothing the agent can read")
        answer = await self._ask(turn, channel, admission.admitted)
        return Reply(kind=ReplyKind.ANSWER, parts=answer + notice, reason=limited)

    def _stale(self, turn: Turn, channel: Channel) -> Reply:
        """Judged by the latest message: who writes again is answered, with what was said before."""
        apologise = channel.staleness.policy is StalePolicy.APOLOGISE
        late = _told(channel, channel.texts.late, turn) if apologise else ()
        return Reply(kind=ReplyKind.STALE, parts=late, reason=f"older than {channel.staleness.after_seconds:.0f} s")

    async def _ask(self, turn: Turn, channel: Channel, messages: Sequence[InboundMessage]) -> tuple[TextPart, ...]:
        async with _acknowledged(channel, messages[-1]):
            answer = await self.agent.run(
                agent=channel.agent,
                query=_query(messages),
                session_id=channel.session_of(turn.conversation),
                context=_context(turn, messages),
            )
        return channel.messenger.compose(markdown=answer.text) or _told(channel, channel.texts.error, turn)

    def apology(self, *, turn: Turn, channel: Channel, reason: str) -> Reply:
        """What the person is told when there will be no answer; `reason` is for the operator."""
        return Reply(kind=ReplyKind.APOLOGY, parts=_told(channel, channel.texts.error, turn), reason=reason)


def _context(turn: Turn, messages: Sequence[InboundMessage]) -> Mapping[str, object]:
    known = {"contact_name": turn.person.name} if turn.person.name else {}
    return {
        **known,
        "channel": turn.conversation.channel,
        "user": turn.conversation.user,
        "message_ids": [message.id for message in messages],
        "turn_id": turn.id,
    }


def _query(messages: Sequence[InboundMessage]) -> str:
    return "\n".join(message.content.body for message in messages if isinstance(message.content, Text)).strip()


def _told(channel: Channel, text: LocalizedText, turn: Turn) -> tuple[TextPart, ...]:
    return channel.messenger.compose(markdown=text.for_phone(turn.person.phone))


@contextlib.asynccontextmanager
async def _acknowledged(channel: Channel, message: InboundMessage) -> AsyncIterator[None]:
    """Show the message as read and an answer as being written, for as long as the block runs."""
    showing = asyncio.create_task(_keep_acknowledging(channel, message))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait([showing])


async def _keep_acknowledging(channel: Channel, message: InboundMessage) -> None:
    while True:
        with contextlib.suppress(SendFailedError):
            await channel.messenger.acknowledge(message=message)
        await asyncio.sleep(0.8 * channel.messenger.acknowledged_seconds)
