"""Transcripts in memory. They forget nothing, and know whatever the mailbox beside them knows."""

import itertools
import time
from collections.abc import Callable, Sequence

from attrs import define, evolve, field

from adapters.memory.message_log import MemoryMessageLog
from application.ports.positions import InvalidPositionError
from application.ports.transcripts import ListedConversation, ListedPage
from domain.conversations.state import ConversationState
from domain.conversations.transcript import Happening, SentPart, TranscriptEntry
from domain.messages.inbound import InboundMessage
from domain.people.person import Conversation


@define(kw_only=True)
class MemoryTranscripts:
    """`state_of` and `waits_since` (monotonic) tell about a conversation; `dead` has those with dead letters."""

    log: MemoryMessageLog
    state_of: Callable[[Conversation], ConversationState]
    waits_since: Callable[[Conversation], float | None]
    dead: Callable[[], frozenset[Conversation]]
    _entries: dict[Conversation, list[TranscriptEntry]] = field(factory=dict)
    _people: dict[Conversation, InboundMessage] = field(factory=dict)
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1))

    def receive(self, message: InboundMessage) -> None:
        known = self._people.get(message.conversation)
        if known is None or known.sent_at < message.sent_at:
            self._people[message.conversation] = message
        self._append(message.conversation, message)

    async def add(self, *, conversation: Conversation, what: Sequence[Happening]) -> None:
        for each in what:
            self._append(conversation, each)

    def _append(self, conversation: Conversation, what: InboundMessage | Happening) -> None:
        entry = TranscriptEntry(id=f"{next(self._numbers)}-0", at=time.time(), what=what)
        self._entries.setdefault(conversation, []).append(entry)
        self._entries[conversation] = self._entries.pop(conversation)  # the latest conversation comes last

    async def page(
        self, *, conversation: Conversation, limit: int, before: str | None = None
    ) -> tuple[TranscriptEntry, ...]:
        entries = self._entries.get(conversation, [])
        if before is not None:
            number, separator, _ = before.partition("-")
            if not (separator and number.isdecimal()):
                raise InvalidPositionError(before)
            entries = [entry for entry in entries if int(entry.id.partition("-")[0]) < int(number)]
        sent = [entry.what.message_id for entry in entries if isinstance(entry.what, SentPart)]
        statuses = await self.log.statuses(channel=conversation.channel, message_ids=sent)
        return tuple(
            evolve(entry, status=statuses.get(entry.what.message_id)) if isinstance(entry.what, SentPart) else entry
            for entry in entries[-limit:]
        )

    async def newest(self, *, limit: int, after: str | None = None) -> ListedPage:
        listed = [self._listed(conversation) for conversation in reversed(self._entries)]
        if after is not None:
            names = [str(one.conversation) for one in listed]
            _, separator, name = after.partition(":")
            if not separator:
                raise InvalidPositionError(after)
            listed = listed[names.index(name) + 1 :] if name in names else []
        end = f"0:{listed[limit - 1].conversation}" if len(listed) >= limit else None
        return ListedPage(conversations=tuple(listed[:limit]), end=end)

    def _listed(self, conversation: Conversation) -> ListedConversation:
        state, message = self.state_of(conversation), self._people.get(conversation)
        names = {}
        if message:
            person = message.person
            names = {"name": person.name or "", "phone": person.phone or "", "user_id": person.user_id or ""}
            names["username"] = person.username or (message.facts.username if message.facts else "")
        return ListedConversation(
            conversation=conversation,
            last_at=self._entries[conversation][-1].at,
            heard_at=state.heard_at,
            human_until=state.human_until,
            waits=self.waits_since(conversation) is not None,
            **names,
        )

    async def waiting_seconds(self, *, conversations: Sequence[Conversation]) -> tuple[float | None, ...]:
        since = map(self.waits_since, conversations)
        return tuple(None if at is None else max(0.0, time.monotonic() - at) for at in since)

    async def with_dead_letters(self) -> frozenset[Conversation]:
        return self.dead()
