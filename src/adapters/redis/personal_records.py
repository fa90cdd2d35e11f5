"""Finds everything that is stored of a person, in whatever it is stored."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from attrs import define, field, frozen
from redis.exceptions import ResponseError

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.directory import dump_record, load_alias_record
from adapters.redis.errors import result_of, translated
from adapters.redis.keys import Keys
from adapters.redis.shared_sessions import session_key
from application.ports.personal_data import RecordKind
from domain.conversations.proposals import ProposalState
from domain.people.alias import Alias, AliasKind
from domain.people.erasure import is_name_of, record_after_erasure
from domain.people.person import Conversation

PAGE = 100
SCANNED_AT_ONCE = 1000
# What the fence renames: only an erasure finds it.
ERASED = "erased_"
# A shorter name may be a word of something else.
MIN_NAME_LENGTH = 5
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
    """One search. What it finds first tells it what to look for next: names, and ids of messages."""

    store: StoreConnections
    keys: Keys
    conversation: Conversation
    now: float
    _names: set[str] = field(init=False)
    _message_ids: set[str] = field(factory=set, init=False)
    _name: str = field(init=False)
    _partition: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._name, self._names = str(self.conversation), {str(self.conversation)}
        self._partition = self.keys.partition_of(self._name)
        self._learn(self.conversation.user)

    async def own(self) -> AsyncIterator[Found]:
        """What has the conversation in its key."""
        for name, kind in OWN.items():
            key = self.own_key(name)
            async for value in self._contents(key):
                self._note_ids(value)
                yield Found(kind=kind, value=value)
                if kind is RecordKind.STATE and (session := _text(value, "joined_session")):
                    shared = session_key(self.keys, session)
                    async for held in self._contents(shared):
                        yield Found(kind=RecordKind.SHARED_SESSION, value=held, erase=(("DEL", shared),))
        credit = self.keys.shared(f"send_rate:{{{self.conversation.channel}}}:{self._name}")
        async for value in self._contents(credit):
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
            self._learn(value)
        left = record_after_erasure(alias, record, at=self.now)
        new = dump_record(left) if left else ""
        replace = scripts.ScriptCall(scripts.REPLACE, [key], [text, new])
        return Found(kind=RecordKind.NAME, value={"name": name, **_readable(text)}, erase=(replace,))

    def _remembered(self, key: str, name: str, text: str) -> Found | None:
        value = _readable(text)
        if value.get("conversation") != self._name:
            return None
        self._message_ids.add(name)
        return Found(kind=RecordKind.TEXT, value={"message_id": name, **value}, erase=(("DEL", key),))

    def _request(self, key: str, name: str, text: str) -> Found | None:
        if text.partition("\n")[2] != self.conversation.user:
            return None
        return Found(
            kind=RecordKind.REQUEST, value={"digest": name, "user": self.conversation.user}, erase=(("DEL", key),)
        )

    async def _proposal(self, key: str, proposal_id: str) -> AsyncIterator[Found]:
        async for value in self._contents(key):
            if _text(_under(value, "proposal"), "conversation") == self._name:
                indexes = [f"proposals:{state.value}" for state in ProposalState]
                removals = [
                    ("ZREM", self.keys.of(self._partition, index), proposal_id) for index in (*indexes, "proposals_due")
                ]
                yield Found(kind=RecordKind.PROPOSAL, value=value, erase=(("DEL", key), *removals))

    async def _dead_letters(self) -> AsyncIterator[Found]:
        key = self.keys.of(self._partition, "dead")
        async for entry, fields in self._entries(key):
            if fields.get("conversation") == self._name:
                value = {name: _parsed(text) for name, text in fields.items()}
                self._note_ids(value)
                yield Found(kind=RecordKind.DEAD_LETTER, value=value, erase=(("XDEL", key, entry),))

    async def _events(self, dead: Iterable[str]) -> AsyncIterator[Found]:
        feed = self.keys.shared("feed")
        async for entry, fields in self._entries(feed):
            if self._is_theirs(text := fields.get("activity", "")):
                event = Found(kind=RecordKind.EVENT, value=_parsed(text), erase=(("XDEL", feed, entry),))
                yield event
        for key in dead:
            removal: list[tuple[str, scripts.Command]]
            if key.endswith(":dead"):
                removal = [(text, ("LREM", key, 0, text)) for text in [t async for ts in self._pages(key) for t in ts]]
            else:
                again: Mapping[str, str] = await self.store.execute("HGETALL", key)
                removal = [(text, ("HDEL", key, name)) for name, text in again.items()]
            for text, remove in removal:
                if self._is_theirs(_event_of(text)):
                    yield Found(kind=RecordKind.DEAD_EVENT, value=_parsed(text), erase=(remove,))

    async def _statuses(self) -> AsyncIterator[Found]:
        ids = sorted(self._message_ids)
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            keys = [self.keys.shared(f"rank:{self.conversation.channel}:{id_}") for id_ in page]
            ranks = await self.store.run_together(*(("GET", key) for key in keys))
            for id_, key, answer in zip(page, keys, ranks, strict=True):
                if (rank := result_of(answer)) is not None:
                    value = {"message_id": id_, "rank": rank}
                    yield Found(kind=RecordKind.STATUS, value=value, erase=(("DEL", key),))

    async def _old_sessions(self) -> AsyncIterator[Found]:
        """They stay until the runtime has cleared them."""
        for partition in range(self.keys.partitions):
            async for members in self._pages(self.keys.of(partition, "forget")):
                for text in members:
                    if self._mentions(text):
                        yield Found(kind=RecordKind.OLD_SESSION, value=_parsed(text))

    async def _contents(self, key: str) -> AsyncIterator[object]:
        """What a key holds, as values that JSON has: a hash is one, of all others each element is."""
        type_ = await self.store.execute("TYPE", key)
        match type_:
            case "hash":
                fields: Mapping[str, str] = await self.store.execute("HGETALL", key)
                yield {name: _parsed(text) for name, text in fields.items()}
            case "stream":
                async for entry, fields in self._entries(key):
                    # A part that the channel confirmed has its id in a field of its own.
                    named = {"message_id": fields["id"]} if "id" in fields else {}
                    yield {"entry": entry, **named, **{name: _parsed(text) for name, text in fields.items()}}
            case "zset" | "list":
                async for texts in self._pages(key, type_=type_):
                    for text in texts:
                        yield _parsed(text)
            case "string":
                yield _parsed(await self.store.execute("GET", key))

    async def _pages(self, key: str, *, type_: str = "") -> AsyncIterator[Sequence[str]]:
        command = {"zset": "ZRANGE", "list": "LRANGE"}.get(type_ or await self.store.execute("TYPE", key))
        start = 0
        while command and (page := await self.store.execute(command, key, start, start + PAGE - 1)):
            yield page
            start += PAGE

    async def _entries(self, key: str) -> AsyncIterator[tuple[str, dict[str, str]]]:
        start = "-"
        while entries := await self.store.execute("XRANGE", key, start, "+", "COUNT", PAGE):
            for entry, fields in entries:
                pairs = fields if isinstance(fields, Mapping) else dict(zip(fields[::2], fields[1::2], strict=True))
                yield entry, dict(pairs)
            start = f"({entries[-1][0]}"

    def _learn(self, name: str) -> None:
        if len(name) >= MIN_NAME_LENGTH:
            self._names.add(name)

    def _note_ids(self, value: object) -> None:
        """Keep the ids of our messages in a record: their statuses have nothing else to be found by."""
        if not isinstance(value, Mapping):
            return
        for name, each in value.items():
            if isinstance(each, str) and (name == "message_id" or name.startswith("sent:")):
                self._message_ids.add(each)
            else:
                self._note_ids(each)

    def _is_theirs(self, text: str) -> bool:
        """Whether an event names the person, or is about a message of theirs."""
        detail = _under(_readable(text), "detail")
        return _text(detail, "message_id") in self._message_ids or self._mentions(text)

    def _mentions(self, text: str) -> bool:
        """Whether a record names the person, and not a later owner of their number: they have ids like "1~2"."""
        return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-]|~\d)", text) for name in self._names)


def _text(value: object, name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _under(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _readable(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except codec.DECODE_ERRORS:
        return {}


def _event_of(text: str) -> str:
    """The event in a dead event."""
    return msgspec.json.encode(_readable(text).get("activity")).decode()


def _parsed(text: str) -> object:
    """JSON objects and lists as they are, everything else as text."""
    if text[:1] not in {"{", "["}:
        return text
    try:
        return msgspec.json.decode(text)
    except codec.DECODE_ERRORS:
        return text
