"""What is stored of a person: show it, export it, erase it."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator

from attrs import frozen

from application.channels import UnknownChannelError
from application.operating.find_conversation import FindConversation
from application.operating.forget_sessions import ForgetSessions
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.forgetting import OldSession
from application.ports.personal_data import Fence, PersonalData, PersonalRecord
from domain.conversations.activity import Activity, ActivityKind
from domain.people.person import Conversation

# A turn under way may end by itself for so long. An agent has 25 s by default.
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.2
SETTLE_SECONDS = 1.0


class UnknownPersonError(Exception):
    """Nothing is stored of this person."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(f"nothing is stored of {conversation}")
        self.conversation = conversation


@frozen(kw_only=True)
class PersonSummary:
    """How many records of each kind there are of a person, in all of their conversations."""

    conversations: tuple[Conversation, ...]
    records: dict[str, int]


@frozen(kw_only=True)
class ErasedPerson:
    """What was erased: how many records. `sessions`: those that the runtime is to clear."""

    conversations: tuple[Conversation, ...]
    records: int
    sessions: int


@frozen(kw_only=True)
class PersonExport:
    """Everything about a person. `records` reads it piece by piece; it can be read once."""

    conversations: tuple[Conversation, ...]
    at: float
    records: AsyncIterator[tuple[Conversation, PersonalRecord]]


@frozen(kw_only=True)
class PersonsData:
    """A person is a conversation with those that were joined to it. Each use is published, without saying whose."""

    find: FindConversation
    data: PersonalData
    forget: ForgetSessions
    feed: ActivityFeed
    clock: Clock
    lease_seconds: float
    patience_seconds: float = PATIENCE_SECONDS
    settle_seconds: float = SETTLE_SECONDS

    async def show(self, name: str) -> PersonSummary:
        """Count what is stored.

        Raises:
            UnknownChannelError: no such channel, or the name is none.
            UnknownPersonError: nothing is stored of them.
            StoreUnavailableError: ask again.
        """
        conversations = await self._of(name)
        counts: Counter[str] = Counter()
        for conversation in conversations:
            async for record in self.data.records(conversation=conversation):
                counts[record.kind.value] += 1
        if not counts:
            raise UnknownPersonError(conversations[0])
        await self._publish("shown", conversations)
        return PersonSummary(conversations=conversations, records=dict(counts))

    async def export(self, name: str) -> PersonExport:
        """Everything that is stored.

        Raises:
            UnknownChannelError: no such channel, or the name is none.
            UnknownPersonError: nothing is stored of them.
            StoreUnavailableError: ask again; also while the records are read.
        """
        conversations = await self._known(name)
        await self._publish("exported", conversations)
        return PersonExport(conversations=conversations, at=self.clock.now(), records=self._records(conversations))

    async def erase(self, name: str) -> ErasedPerson:
        """Erase everything, and let the runtime forget it. What the person writes from now on begins anew.

        A turn under way may end first; after `patience_seconds` it is cut off. To repeat it is safe, and completes what
        was interrupted.

        Raises:
            UnknownChannelError: no such channel, or the name is none.
            UnknownPersonError: nothing is stored of them, and no erasure was interrupted.
            StoreUnavailableError: part of it may be erased; ask again.
        """
        interrupted = await self.data.interrupted(name=name)
        for conversation in interrupted:
            await self.data.sweep(conversation=conversation)
        conversations = interrupted or await self._known(name)
        await self.data.begin(name=name, conversations=conversations)
        sessions = [session for each in conversations for session in await self._sessions(each)]
        await self.forget.forget(sessions=sessions)
        # The one that leads to the others is the last.
        records = 0
        for conversation in reversed(conversations):
            records += await self._erase(conversation)
        # Again: a turn that ended meanwhile may have left something in the runtime.
        await self.forget.forget(sessions=sessions)
        await self.data.finish(name=name)
        await self._publish("erased", conversations)
        return ErasedPerson(conversations=conversations, records=records, sessions=len(sessions))

    async def _erase(self, conversation: Conversation) -> int:
        cut_at = time.monotonic() + self.patience_seconds
        while (  # noqa: ASYNC110 (nothing tells when a turn of another process ends)
            found := await self.data.fence(conversation=conversation, force=time.monotonic() >= cut_at)
        ) is Fence.BUSY:
            await asyncio.sleep(PAUSE_SECONDS)
        # Its worker may not know yet that it was cut off, and events are written a moment later than turns.
        await asyncio.sleep(self.lease_seconds if found is Fence.CUT_OFF else self.settle_seconds)
        return await self.data.sweep(conversation=conversation)

    async def _of(self, name: str) -> tuple[Conversation, ...]:
        found = await self.find(name)
        return (found, *await self.data.joined_to(conversation=found))

    async def _known(self, name: str) -> tuple[Conversation, ...]:
        """The conversations of somebody of whom something is stored."""
        conversations = await self._of(name)
        async with contextlib.aclosing(self._records(conversations)) as records:
            async for _ in records:
                return conversations
        raise UnknownPersonError(conversations[0])

    async def _records(
        self, conversations: tuple[Conversation, ...]
    ) -> AsyncGenerator[tuple[Conversation, PersonalRecord]]:
        for conversation in conversations:
            async for record in self.data.records(conversation=conversation):
                yield conversation, record

    async def _sessions(self, conversation: Conversation) -> tuple[OldSession, ...]:
        try:
            return await self.forget.sessions_of(conversation=conversation)
        except UnknownChannelError:  # a joined one, of a channel that is not configured any more
            return ()

    async def _publish(self, action: str, conversations: tuple[Conversation, ...]) -> None:
        now = self.clock.now()
        channels = dict.fromkeys(each.channel for each in conversations)
        activities = [
            Activity(kind=ActivityKind.PERSONAL_DATA, channel=channel, at=now, detail={"action": action})
            for channel in channels
        ]
        await self.feed.publish(activities=activities)
