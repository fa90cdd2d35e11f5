"""Store the messages of a webhook, each in the conversation of the person who wrote it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from attrs import evolve, frozen

from application.channels import Channels
from application.ports.activity_feed import ActivityFeed
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.inbound_channel import InboundEvent
from application.ports.inbox import Acceptance, EnqueuedMessage
from application.ports.intake import Intake, UnverifiedPersonError
from application.ports.transcripts import Transcripts
from application.receiving.activities import to_activity
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.transcript import TranscriptEvent
from domain.messages.inbound import InboundMessage, Tap, UserAction
from domain.people.aliases import IdentityChange, Observation
from domain.policies.debounce import IMMEDIATE

TOO_MANY_WAIT = "too many messages wait already"
# What a person does by a tap is complete.
AT_ONCE = (Tap, UserAction)
MESSAGES_LOST = AgentNote(kind=NoteKind.MESSAGES_LOST)

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class StoreMessages:
    """Find the conversation of each message, and store it there. What cannot wait there is published."""

    channels: Channels
    directory: Directory
    intake: Intake
    states: ConversationStates
    transcripts: Transcripts
    feed: ActivityFeed

    async def __call__(self, *, events: Sequence[InboundEvent], now: float) -> Sequence[Acceptance]:
        """What became of each message among `events`. Changes of names among them are applied, too.

        Most people never change their names. So they are assumed to have the id that the message suggests, and the
        store verifies this while it stores the messages. Only where that fails, the directory is asked first.

        Raises:
            StoreUnavailableError: repeat it; a message that was stored is known then.
        """
        messages = [event for event in events if isinstance(event, InboundMessage)]
        names_change = len(messages) < len(events) and any(isinstance(event, IdentityChange) for event in events)
        try:
            answers = None if names_change else await self._store(messages, now, assumed=True)
        except UnverifiedPersonError:
            answers = None
        if answers is None:
            messages = await self._with_conversations(events)
            answers = await self._store(messages, now)
        if Acceptance.LEFT_OUT in answers:
            left_out = zip(messages, answers, strict=True)
            await self._publish_left_out([one for one, answer in left_out if answer == Acceptance.LEFT_OUT], now)
        return answers

    async def _store(
        self, messages: Sequence[InboundMessage], now: float, *, assumed: bool = False
    ) -> Sequence[Acceptance]:
        if not messages:
            return ()
        return await self.intake.store(
            messages=[self._enqueued(message) for message in messages],
            activities=[to_activity(message, at=now) for message in messages],
            assumed=assumed,
        )

    async def _publish_left_out(self, messages: Sequence[InboundMessage], now: float) -> None:
        """Publish the messages that were left out, and note them for the agent.

        Refusing the webhook instead would delay the other messages in it, and bring these back again and again.
        """
        for conversation in dict.fromkeys(message.conversation for message in messages):
            logger.warning("messages of a person in %s are left out: too many wait already", conversation.channel)
            lost = TranscriptEvent(kind=ActivityKind.LIMITED, reason=TOO_MANY_WAIT)
            await asyncio.gather(
                self.states.note(conversation=conversation, agent_notes=[MESSAGES_LOST]),
                self.transcripts.add(conversation=conversation, what=[lost]),
            )
        activities = [
            Activity.within(
                message.conversation, kind=ActivityKind.LIMITED, at=now, message_id=message.id, reason=TOO_MANY_WAIT
            )
            for message in messages
        ]
        await self.feed.publish(activities=activities)

    async def _with_conversations(self, events: Sequence[InboundEvent]) -> list[InboundMessage]:
        """The messages, each in the conversation of the person who wrote it, whatever name the channel used.

        Identity changes are applied between the messages, in the order of time. Example: a message sent before a
        change belongs to the holder of the number before it.
        """
        personal = [event for event in events if isinstance(event, InboundMessage | IdentityChange)]
        messages: list[InboundMessage] = []
        user_of: dict[int, str] = {}
        for event in sorted(personal, key=_moment):
            if isinstance(event, InboundMessage):
                messages.append(event)
                continue
            user_of |= await self._person_ids(messages)
            messages = []
            await self.directory.change(change=event)
        user_of |= await self._person_ids(messages)
        return [
            evolve(message, conversation=evolve(message.conversation, user=user_of[id(message)]))
            for message in personal
            if isinstance(message, InboundMessage)
        ]

    async def _person_ids(self, messages: Sequence[InboundMessage]) -> dict[int, str]:
        """The person id for each message, by the `id()` of the message."""
        by_channel: defaultdict[str, list[InboundMessage]] = defaultdict(list)
        for message in messages:
            by_channel[message.conversation.channel].append(message)
        user_of: dict[int, str] = {}
        for channel, theirs in by_channel.items():
            seen = [Observation(person=message.person, at=message.sent_at) for message in theirs]
            ids = await self.directory.ids(channel=channel, seen=seen)
            user_of.update(zip(map(id, theirs), ids, strict=True))
        return user_of

    def _enqueued(self, message: InboundMessage) -> EnqueuedMessage:
        """A tap or a command is answered at once; other messages wait for more of the same person."""
        channel = self.channels[message.conversation.channel]
        debounce = channel.debounce
        if debounce.quiet_seconds and (isinstance(message.content, AT_ONCE) or channel.commands.given(message)):
            debounce = IMMEDIATE
        return EnqueuedMessage(message=message, debounce=debounce)


def _moment(event: InboundMessage | IdentityChange) -> tuple[float, bool]:
    """The order of events. In the same second, identity changes come first."""
    is_message = isinstance(event, InboundMessage)
    return event.sent_at if isinstance(event, InboundMessage) else event.at, is_message
