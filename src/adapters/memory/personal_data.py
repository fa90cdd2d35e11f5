"""A person's data in the parts in memory."""
# ruff: noqa: SLF001  (like the store, it sees what all parts keep)

from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from typing import Any

from attrs import asdict, define, field

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.directory import MemoryDirectory
from adapters.memory.event_outbox import MemoryEventOutbox
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.memory.shared_sessions import MemorySharedSessions
from application.ports.personal_data import Fence, PersonalRecord, RecordKind
from domain.conversations.activity import Activity
from domain.conversations.state import ConversationState
from domain.people.erasure import is_name_of, record_after_erasure
from domain.people.person import Conversation

type Shelf = tuple[RecordKind, MutableMapping[Any, Any], Callable[[Any, Any], bool]]


@define(kw_only=True)
class MemoryPersonalData:
    mailbox: MemoryMailbox
    feed: MemoryActivityFeed
    outbox: MemoryEventOutbox
    directory: MemoryDirectory
    limiter: MemorySendRateLimiter
    shared_sessions: MemorySharedSessions
    requests: MemoryIdempotencyKeys
    _erasures: dict[str, tuple[Conversation, ...]] = field(factory=dict)
    _sessions: dict[Conversation, str] = field(factory=dict)

    async def joined_to(self, *, conversation: Conversation) -> tuple[Conversation, ...]:
        session = self.mailbox.states.present(conversation).joined_session
        states = self.mailbox.states._states
        joined = {other for other, state in states.items() if session and state.joined_session == session}
        return tuple(sorted(joined - {conversation}, key=str))

    async def records(self, *, conversation: Conversation) -> AsyncIterator[PersonalRecord]:
        for kind, value in [*self._own(conversation), *self._elsewhere(conversation, erase=False)]:
            yield PersonalRecord(kind=kind, value=_plain(value))

    def _own(self, conversation: Conversation) -> Iterator[tuple[RecordKind, object]]:
        """What the fence forgets."""
        if (state := self.mailbox.states.present(conversation)) != ConversationState():
            yield RecordKind.STATE, state
        if queue := self.mailbox.queues.get(str(conversation)):
            yield from ((RecordKind.WAITING_MESSAGE, waiting.message) for waiting in queue.waiting)
            yield from ((RecordKind.QUEUED_TURN, turn) for turn in queue.priority)
            if queue.turn:
                yield RecordKind.TURN, queue.turn
        for entry in self.mailbox.transcripts._entries.get(conversation, ()):
            yield RecordKind.TRANSCRIPT_ENTRY, entry
        rates = self.mailbox.rates.of(conversation)
        yield from ((RecordKind.RATE_LOG, arrival) for arrival in (*rates.messages, *rates.notices))

    def _elsewhere(self, conversation: Conversation, *, erase: bool) -> Iterator[tuple[RecordKind, object]]:
        """Everything else. With `erase`, it is removed."""
        yield from self._names(conversation, erase=erase)
        for kind, shelf, is_theirs in self._shelves(conversation):
            for key in [key for key, value in shelf.items() if is_theirs(key, value)]:
                yield kind, {"key": str(key), "value": shelf[key]}
                if erase:
                    del shelf[key]
        for kind, kept, activity_of in self._lists():
            for one in [one for one in kept if _is_about(activity_of(one), conversation)]:
                yield kind, one
                if erase:
                    kept.remove(one)
        if not erase:
            sessions = self.mailbox.forgetting._due
            yield from ((RecordKind.OLD_SESSION, old) for old in sessions if conversation.user in old.session_id)

    def _names(self, conversation: Conversation, *, erase: bool) -> Iterator[tuple[RecordKind, object]]:
        records = self.directory._channels[conversation.channel]
        for alias, record in list(records.items()):
            if is_name_of(alias, record, conversation.user):
                yield RecordKind.NAME, {"name": str(alias), "record": record}
                if erase:
                    del records[alias]
                    if left := record_after_erasure(alias, record, at=record.since):
                        records[alias] = left

    def _shelves(self, conversation: Conversation) -> Iterator[Shelf]:
        """What has keys. Each shelf says which of its keys and values are the person's."""
        name, user, mailbox, log = str(conversation), conversation.user, self.mailbox, self.mailbox.log
        ours = {key for key, text in log._messages.items() if text.conversation == conversation}
        session = mailbox.states.present(conversation).joined_session or self._sessions.get(conversation, "")
        yield RecordKind.TEXT, log._messages, lambda key, _: key in ours
        yield RecordKind.STATUS, log._ranks, lambda key, _: key in ours
        yield RecordKind.DEAD_LETTER, mailbox.dead, lambda _, letter: letter.turn.conversation == conversation
        yield RecordKind.PROPOSAL, mailbox.proposals.by_id, lambda _, one: one.conversation == conversation
        yield RecordKind.SPENDING, mailbox.usage._spent, lambda key, _: key[1] == conversation
        yield RecordKind.SEND_CREDIT, self.limiter._due, lambda key, _: key == name
        yield RecordKind.SEND_CREDIT, self.limiter._waiting, lambda key, _: key == conversation
        yield RecordKind.SHARED_SESSION, self.shared_sessions._numbers, lambda key, _: key == session
        yield RecordKind.SHARED_SESSION, self.shared_sessions._held, lambda key, _: key == session
        yield RecordKind.REQUEST, self.requests._requests, lambda _, text: text.partition("\n")[2] == user
        for again in self.outbox._again.values():
            yield RecordKind.DEAD_EVENT, again, lambda _, event: _is_about(event.activity, conversation)

    def _lists(self) -> Iterator[tuple[RecordKind, list[Any], Callable[[Any], Activity]]]:
        for dead in self.outbox._dead.values():
            yield RecordKind.DEAD_EVENT, dead, lambda one: one.event.activity
        yield RecordKind.EVENT, self.feed.activities, lambda one: one

    async def interrupted(self, *, name: str) -> tuple[Conversation, ...]:
        return self._erasures.get(name, ())

    async def begin(self, *, name: str, conversations: Sequence[Conversation]) -> None:
        self._erasures[name] = tuple(conversations)

    async def fence(self, *, conversation: Conversation, force: bool) -> Fence:
        state = self.mailbox.states.present(conversation)
        found = self.mailbox.fence(conversation, force=force)
        if found is not Fence.BUSY:
            self._sessions[conversation] = state.joined_session or self._sessions.get(conversation, "")
            self.mailbox.states._states.pop(conversation, None)
            self.mailbox.transcripts._entries.pop(conversation, None)
            self.mailbox.transcripts._people.pop(conversation, None)
        return found

    async def sweep(self, *, conversation: Conversation) -> int:
        count = sum(1 for _ in self._elsewhere(conversation, erase=True))
        self._sessions.pop(conversation, None)
        return count

    async def finish(self, *, name: str) -> None:
        self._erasures.pop(name, None)


def _is_about(activity: Activity, conversation: Conversation) -> bool:
    named = {activity.conversation, *activity.detail.values()}
    return str(conversation) in named or (
        activity.channel == conversation.channel and conversation.user in activity.detail.values()
    )


def _plain(value: object) -> object:
    if hasattr(value, "__attrs_attrs__"):
        return _plain(asdict(value))  # type: ignore[arg-type]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
