"""The intake over any inbox, directory, states and feed: one after the other, which is one step only in memory."""

from collections.abc import Sequence

from attrs import frozen

from adapters.memory.transcripts import MemoryTranscripts
from application.ports.activity_feed import ActivityFeed
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.inbox import Acceptance, EnqueuedMessage, Inbox
from application.ports.intake import UnverifiedPersonError
from domain.conversations.activity import Activity
from domain.people.aliases import Observation


@frozen(kw_only=True)
class MemoryIntake:
    inbox: Inbox
    directory: Directory
    states: ConversationStates
    feed: ActivityFeed
    transcripts: MemoryTranscripts | None = None

    async def store(
        self, *, messages: Sequence[EnqueuedMessage], activities: Sequence[Activity], assumed: bool = False
    ) -> tuple[Acceptance, ...]:
        if assumed:
            await self._verify(messages)
        answers = await self.inbox.accept(messages=messages)
        for enqueued, answer in zip(messages, answers, strict=True):
            if answer == Acceptance.NEW and self.transcripts:
                self.transcripts.receive(enqueued.message)
            if answer != Acceptance.KNOWN:
                message = enqueued.message
                await self.states.change(conversation=message.conversation, heard_at=message.sent_at)
        published = zip(activities, answers, strict=True)
        await self.feed.publish(activities=[activity for activity, answer in published if answer == Acceptance.NEW])
        return answers

    async def _verify(self, messages: Sequence[EnqueuedMessage]) -> None:
        for enqueued in messages:
            message = enqueued.message
            seen = Observation(person=message.person, at=message.sent_at)
            (id_,) = await self.directory.ids(channel=message.conversation.channel, seen=[seen])
            if id_ != message.conversation.user:
                raise UnverifiedPersonError
