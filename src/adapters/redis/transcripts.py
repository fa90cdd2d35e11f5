"""Transcripts on Redis: a stream of each conversation, and an index of the conversations."""

import asyncio
import heapq
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from attrs import evolve, field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.message_log import RedisMessageLog
from application.ports.positions import InvalidPositionError
from application.ports.transcripts import ListedConversation, ListedPage, TranscriptsOffError
from domain.conversations.transcript import Happening, SentPart, TranscriptEntry
from domain.messages.inbound import InboundMessage, Text
from domain.messages.plain_text import cut, describe_content
from domain.people.person import Conversation

# A longer message is kept as text that is cut, in bytes and characters.
MAX_ENTRY_BYTES = 16 * 1024
MAX_CUT_TEXT = 4000
DEAD_LETTERS_AT_ONCE = 500
ENTRY_ID = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")
POSITION = re.compile(r"([0-9]+):(.{1,400})", re.DOTALL)
# A later time means the same: the whole list comes after it.
MAX_TIME_MS = 2**53


@frozen(kw_only=True)
class RedisTranscripts:
    """Keeps the latest `max_entries` of each conversation for `keep_days`. With none of them, transcripts are off."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    log: RedisMessageLog
    max_entries: int = 500
    keep_days: float = 7

    @property
    def is_on(self) -> bool:
        return self.max_entries > 0

    @property
    def keep_ms(self) -> int:
        return int(self.keep_days * 86_400_000)

    def keys_of(self, partition: int, conversation: str) -> list[str]:
        """The keys of `append_entry` in `transcript.lua`."""
        tagged = self.keys.of(partition, "")
        return [f"{tagged}transcript:{conversation}", f"{tagged}conversations"]

    async def add(self, *, conversation: Conversation, what: Sequence[Happening]) -> None:
        if self.is_on and what:
            name = str(conversation)
            partition = self.keys.partition_of(name)
            keys = [*self.keys.transition(partition), *self.keys_of(partition, name)]
            arguments: list[scripts.Argument] = [name, self.max_entries, self.keep_ms]
            arguments += map(codec.dump_happening, what)
            await self.store.run(scripts.ADD_ENTRIES, keys, arguments)

    async def page(
        self, *, conversation: Conversation, limit: int, before: str | None = None
    ) -> tuple[TranscriptEntry, ...]:
        self._require()
        if before is not None and not ENTRY_ID.fullmatch(before):
            raise InvalidPositionError(before)
        name = str(conversation)
        key, _ = self.keys_of(self.keys.partition_of(name), name)
        end = f"({before}" if before else "+"
        stored = await self.store.execute("XREVRANGE", key, end, "-", "COUNT", limit)
        entries = [_read(entry, _pairs(fields)) for entry, fields in reversed(stored)]
        sent = [entry.what.message_id for entry in entries if isinstance(entry.what, SentPart)]
        statuses = await self.log.statuses(channel=conversation.channel, message_ids=sent) if sent else {}
        return tuple(
            evolve(entry, status=statuses.get(entry.what.message_id)) if isinstance(entry.what, SentPart) else entry
            for entry in entries
        )

    async def newest(self, *, limit: int, after: str | None = None) -> ListedPage:
        self._require()
        position = POSITION.fullmatch(after) if after else None
        if after and position is None:
            raise InvalidPositionError(after)
        start = (_time_ms(position[1]), position[2]) if position else None
        parts = await asyncio.gather(*(self._newest(number, limit, start) for number in range(self.keys.partitions)))
        first = heapq.nlargest(limit, (each for part in parts for each in part))
        described = await self._described(first)
        end = f"{first[-1][0]}:{first[-1][1]}" if len(first) == limit else None
        return ListedPage(conversations=tuple(described), end=end)

    async def _newest(self, partition: int, limit: int, start: tuple[int, str] | None) -> list[tuple[int, str]]:
        """Of one partition: times and conversations that come after `start`. Of the same time, names count."""
        key, found, skipped = self.keys.of(partition, "conversations"), list[tuple[int, str]](), 0
        oldest = int(time.time() * 1000) - self.keep_ms
        while len(found) < limit:
            first = start[0] if start else "+inf"
            page = ("ZRANGE", key, first, oldest, "BYSCORE", "REV", "LIMIT", skipped, limit, "WITHSCORES")
            flat = await self.store.execute(*page)
            members = [(int(float(score)), member) for member, score in _members(flat)]
            found += [each for each in members if start is None or each < start]
            skipped += len(members)
            if len(members) < limit:
                break
        return found[:limit]

    async def _described(self, listed: Sequence[tuple[int, str]]) -> list[ListedConversation]:
        by_partition: dict[int, list[tuple[int, str]]] = {}
        for each in listed:
            by_partition.setdefault(self.keys.partition_of(each[1]), []).append(each)
        parts = await asyncio.gather(*(self._describe(number, theirs) for number, theirs in by_partition.items()))
        by_name = {name: one for part in parts for name, one in part.items()}
        return [by_name[name] for _, name in listed if name in by_name]

    async def _describe(self, partition: int, listed: Sequence[tuple[int, str]]) -> dict[str, ListedConversation]:
        tagged = self.keys.of(partition, "")
        keys = [f"{tagged}tokens", *(f"{tagged}state:{name}" for _, name in listed)]
        flat = await self.store.run(scripts.LIST_CONVERSATIONS, keys, [name for _, name in listed])
        found: dict[str, ListedConversation] = {}
        for number, (at_ms, name) in enumerate(listed):
            contact, heard_at, human_until, token = flat[4 * number : 4 * number + 4]
            try:
                conversation = Conversation.parse(name)
            except ValueError:  # somebody else wrote it
                continue
            found[name] = ListedConversation(
                conversation=conversation,
                last_at=at_ms / 1000,
                heard_at=_number(heard_at),
                human_until=_number(human_until),
                waits=bool(token),
                **_contact(contact),
            )
        return found

    async def waiting_seconds(self, *, conversations: Sequence[Conversation]) -> tuple[float | None, ...]:
        self._require()
        by_partition: dict[int, list[str]] = {}
        for name in map(str, conversations):
            by_partition.setdefault(self.keys.partition_of(name), []).append(name)
        ages: dict[str, float] = {}
        for partition, names in by_partition.items():
            tagged = self.keys.of(partition, "")
            keys = [f"{tagged}{kind}:{name}" for name in names for kind in ("mail", "turn")]
            found = await self.store.run(scripts.WAITING, keys, [])
            ages |= {name: age for name, (age, _) in zip(names, found, strict=True)}
        return tuple(ages[str(each)] / 1000 if ages[str(each)] >= 0 else None for each in conversations)

    async def with_dead_letters(self) -> frozenset[Conversation]:
        self._require()
        parts = await asyncio.gather(*map(self._dead, range(self.keys.partitions)))
        return frozenset().union(*parts)

    async def _dead(self, partition: int) -> set[Conversation]:
        key, start, found = self.keys.of(partition, "dead"), "-", set[Conversation]()
        while names := await self.store.run(scripts.DEAD_CONVERSATIONS, [key], [start, DEAD_LETTERS_AT_ONCE]):
            start = f"({names[0]}"
            for name in names[1:]:
                try:
                    found.add(Conversation.parse(name))
                except ValueError:  # somebody else wrote it
                    continue
        return found

    def _require(self) -> None:
        if not self.is_on:
            raise TranscriptsOffError


def contact_of(message: InboundMessage) -> bytes:
    """What is kept of a person to find them: their names."""
    person = message.person
    username = person.username or (message.facts.username if message.facts else "")
    return msgspec.json.encode((person.name or "", person.phone or "", person.user_id or "", username))


def shortened_entry(message: InboundMessage, dumped: bytes) -> bytes:
    """The message as its transcript keeps it, where that is not the whole message; else nothing."""
    if len(dumped) <= MAX_ENTRY_BYTES:
        return b""
    text = message.content.body if isinstance(message.content, Text) else describe_content(message.content)
    short = evolve(message, content=Text(body=cut(text, MAX_CUT_TEXT)), quoted_text="", referral=None, facts=None)
    return codec.dump_message(short)


def _contact(stored: str) -> dict[str, str]:
    try:
        names: Any = msgspec.json.decode(stored, type=tuple[str, str, str, str])
    except (msgspec.DecodeError, UnicodeError):  # nothing is known of them, or the record is damaged
        return {}
    return dict(zip(("name", "phone", "user_id", "username"), names, strict=True))


def _read(entry: str, fields: Mapping[str, str]) -> TranscriptEntry:
    at = int(entry.partition("-")[0]) / 1000
    what: InboundMessage | Happening | None = None
    try:
        if "in" in fields:
            what = codec.load_message(fields["in"])
        elif "entry" in fields:
            what = codec.load_happening(fields["entry"])
        else:
            reply = codec.load_reply(fields["reply"])
            what = SentPart(
                message_id=fields["id"],
                part=reply.parts[int(fields["part"])],
                turn_id=fields["turn"],
                outcome=reply.outcome,
            )
    except codec.DECODE_ERRORS:  # damaged, or of a later version
        pass
    return TranscriptEntry(id=entry, at=at, what=what)


def _pairs(fields: Any) -> Mapping[str, str]:
    return fields if isinstance(fields, Mapping) else dict(zip(fields[::2], fields[1::2], strict=True))


def _members(found: Any) -> list[tuple[str, str]]:
    """Members with scores, as a client returns them: in pairs, or in one list."""
    if found and isinstance(found[0], (tuple, list)):
        return [tuple(pair) for pair in found]
    return list(zip(found[::2], found[1::2], strict=True))


def _time_ms(digits: str) -> int:
    """Python refuses to read a number of thousands of digits, and the store one of more than 64 bits."""
    return min(int(digits), MAX_TIME_MS) if len(digits) < len(str(MAX_TIME_MS)) + 1 else MAX_TIME_MS


def _number(stored: str) -> float | None:
    try:
        return float(stored) if stored else None
    except ValueError:  # a damaged record
        return None
