"""Finds everything that is stored of a person, in whatever it is stored."""

from collections.abc import AsyncIterator, Iterable, Mapping

import msgspec
from attrs import define, field, frozen
from redis.exceptions import ResponseError

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.directory import dump_record, load_alias_record
from adapters.redis.errors import result_of, translated
from adapters.redis.key_contents import PAGE, KeyContents, parsed, parsed_fields, parsed_object
from adapters.redis.keys import Keys
from adapters.redis.personal_marks import PersonalMarks, text_of
from adapters.redis.shared_sessions import session_key
from application.ports.personal_data import RecordKind
from domain.conversations.proposals import ProposalState
from domain.people.alias import Alias, AliasKind
from domain.people.erasure import is_name_of, record_after_erasure
from domain.people.person import Conversation

SCANNED_AT_ONCE = 1000
# What the fence renames: only an erasure finds it.
ERASED = "erased_"
OWN = {
    "state": RecordKind.STATE,
    f"{ERASED}state": RecordKind.STATE,
    "mail": RecordKind.WAITING_MESSAGE,
    "turn": RecordKind.TURN,
    "priority": RecordKind.QUEUED_TURN,
    "admitted": RecordKind.RATE_LOG,
    "notices": RecordKind.RATE_LOG,
    "transcript": RecordKind.TRANSCRIPT_ENTRY,
    f"{ERASED}transcript": RecordKind.TRANSCRIPT_ENTRY,
    "spent": RecordKind.SPENDING,
}


@frozen(kw_only=True)
class Found:
    """One record. `erase` has the calls that remove it; there are none where something else does."""

    kind: RecordKind
    value: object
    erase: tuple[scripts.ScriptCall | scripts.Command, ...] = ()


@define(kw_only=True)
class PersonalRecords:
    """One search: first `own`, then `elsewhere`, which needs the marks that `own` finds."""

    store: StoreConnections
    keys: Keys
    conversation: Conversation
    now: float
    _contents: KeyContents = field(init=False)
    _marks: PersonalMarks = field(init=False)
    _name: str = field(init=False)
    _partition: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._contents, self._marks = KeyContents(store=self.store), PersonalMarks(conversation=self.conversation)
        self._name = str(self.conversation)
        self._partition = self.keys.partition_of(self._name)

    async def own(self) -> AsyncIterator[Found]:
        """What has the conversation in its key."""
        for name, kind in OWN.items():
            key = self.own_key(name)
            async for value in self._contents.values(key):
                self._marks.learn_message_ids(value)
                yield Found(kind=kind, value=value)
                if kind is RecordKind.STATE and (session := text_of(value, "joined_session")):
                    shared = session_key(self.keys, session)
                    async for held in self._contents.values(shared):
                        yield Found(kind=RecordKind.SHARED_SESSION, value=held, erase=(("DEL", shared),))
        credit = self.keys.shared(f"send_rate:{{{self.conversation.channel}}}:{self._name}")
        async for value in self._contents.values(credit):
            yield Found(kind=RecordKind.SEND_CREDIT, value=value, erase=(("DEL", credit),))

    def own_key(self, name: str) -> str:
        return self.keys.of(self._partition, f"{name}:{self._name}")

    async def elsewhere(self) -> AsyncIterator[Found]:
        """What has something else in its key. `own` comes first: it tells the ids of messages."""
        later: list[str] = []
        async for keys in self._scan():
            async for found in self._strings(keys):
                yield found
            proposals = self.keys.of(self._partition, "proposal:")
            for key in (key for key in keys if key.startswith(proposals)):
                async for found in self._proposal(key, key.removeprefix(proposals)):
                    yield found
            events = f"{self.keys.prefix}:{{events:"
            later += [key for key in keys if key.startswith(events) and key.endswith((":dead", ":again"))]
        async for found in self._dead_letters():
            yield found
        async for found in self._events(later):
            yield found
        async for found in self._statuses():
            yield found
        async for found in self._old_sessions():
            yield found

    async def _scan(self) -> AsyncIterator[list[str]]:
        page: list[str] = []
        with translated():
            async for key in self.store.commands.scan_iter(match=f"{self.keys.prefix}:*", count=SCANNED_AT_ONCE):
                page.append(key)
                if len(page) == SCANNED_AT_ONCE:
                    yield page
                    page = []
        yield page

    async def _strings(self, keys: Iterable[str]) -> AsyncIterator[Found]:
        """Names, texts and requests: millions of keys, which are asked for in pages."""
        channel = self.conversation.channel
        prefixes = {
            self.keys.shared(f"{kind}:{channel}:"): read
            for kind, read in (("alias", self._alias), ("text", self._remembered), ("request", self._request))
        }
        wanted = [(key, prefix) for key in keys for prefix in prefixes if key.startswith(prefix)]
        for start in range(0, len(wanted), PAGE):
            page = wanted[start : start + PAGE]
            stored = await self.store.run_together(*(("GET", key) for key, _ in page))
            for (key, prefix), answer in zip(page, stored, strict=True):
                if isinstance(answer, ResponseError):  # somebody else made it something else
                    continue
                text = result_of(answer)
                if text is not None and (found := prefixes[prefix](key, key.removeprefix(prefix), text)):
                    yield found

    def _alias(self, key: str, name: str, text: str) -> Found | None:
        kind, _, value = name.partition(":")
        if kind not in AliasKind or not value:
            return None
        alias, record = Alias(AliasKind(kind), value), load_alias_record(text)
        if not is_name_of(alias, record, self.conversation.user):
            return None
        if not record.former:  # otherwise it was somebody else's, too
            self._marks.learn_name(value)
        left = record_after_erasure(alias, record, at=self.now)
        new = dump_record(left) if left else ""
        replace = scripts.ScriptCall(scripts.REPLACE, [key], [text, new])
        return Found(kind=RecordKind.NAME, value={"name": name, **parsed_object(text)}, erase=(replace,))

    def _remembered(self, key: str, name: str, text: str) -> Found | None:
        value = parsed_object(text)
        if value.get("conversation") != self._name:
            return None
        self._marks.message_ids.add(name)
        # Its status goes with it: after an interruption, nothing would lead to it.
        erase = (("DEL", self._status(name)), ("DEL", key))
        return Found(kind=RecordKind.TEXT, value={"message_id": name, **value}, erase=erase)

    def _request(self, key: str, name: str, text: str) -> Found | None:
        if text.partition("\n")[2] != self.conversation.user:
            return None
        return Found(
            kind=RecordKind.REQUEST, value={"digest": name, "user": self.conversation.user}, erase=(("DEL", key),)
        )

    async def _proposal(self, key: str, proposal_id: str) -> AsyncIterator[Found]:
        async for value in self._contents.values(key):
            if _conversation_of(value) == self._name:
                indexes = [f"proposals:{state.value}" for state in ProposalState]
                removals = [
                    ("ZREM", self.keys.of(self._partition, index), proposal_id) for index in (*indexes, "proposals_due")
                ]
                yield Found(kind=RecordKind.PROPOSAL, value=value, erase=(("DEL", key), *removals))

    async def _dead_letters(self) -> AsyncIterator[Found]:
        key = self.keys.of(self._partition, "dead")
        async for entry, fields in self._contents.entries(key):
            if fields.get("conversation") == self._name:
                value = parsed_fields(fields)
                statuses = [("DEL", self._status(id_)) for id_ in self._marks.learn_message_ids(value)]
                yield Found(kind=RecordKind.DEAD_LETTER, value=value, erase=(*statuses, ("XDEL", key, entry)))

    async def _events(self, dead: Iterable[str]) -> AsyncIterator[Found]:
        feed = self.keys.shared("feed")
        async for entry, fields in self._contents.entries(feed):
            if self._marks.are_in_event(text := fields.get("activity", "")):
                yield Found(kind=RecordKind.EVENT, value=parsed(text), erase=(("XDEL", feed, entry),))
        for key in dead:
            for text, remove in await self._dead_events(key):
                if self._marks.are_in_event(_event_of(text)):
                    yield Found(kind=RecordKind.DEAD_EVENT, value=parsed(text), erase=(remove,))

    async def _dead_events(self, key: str) -> list[tuple[str, scripts.Command]]:
        """Those that a receiver did not take, in a list, or that it is to get again, in a hash."""
        if key.endswith(":dead"):
            return [(text, ("LREM", key, 0, text)) async for text in self._contents.members(key)]
        again: Mapping[str, str] = await self.store.execute("HGETALL", key)
        return [(text, ("HDEL", key, name)) for name, text in again.items()]

    async def _statuses(self) -> AsyncIterator[Found]:
        ids = sorted(self._marks.message_ids)
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            keys = [self._status(id_) for id_ in page]
            ranks = await self.store.run_together(*(("GET", key) for key in keys))
            for id_, key, answer in zip(page, keys, ranks, strict=True):
                if (rank := result_of(answer)) is not None:
                    value = {"message_id": id_, "rank": rank}
                    yield Found(kind=RecordKind.STATUS, value=value, erase=(("DEL", key),))

    def _status(self, message_id: str) -> str:
        return self.keys.shared(f"rank:{self.conversation.channel}:{message_id}")

    async def _old_sessions(self) -> AsyncIterator[Found]:
        """They stay until the runtime has cleared them."""
        for partition in range(self.keys.partitions):
            async for text in self._contents.members(self.keys.of(partition, "forget")):
                if self._marks.are_in(text):
                    yield Found(kind=RecordKind.OLD_SESSION, value=parsed(text))


def _conversation_of(proposal: object) -> str:
    stored = proposal.get("proposal") if isinstance(proposal, Mapping) else None
    return text_of(stored, "conversation")


def _event_of(text: str) -> str:
    """The event in a dead event."""
    return msgspec.json.encode(parsed_object(text).get("activity")).decode()
