"""The directory on Redis: one key for each alias that has a record."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import msgspec
from attrs import asdict, field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from domain.people.alias import Alias, AliasKind
from domain.people.aliases import (
    AliasRecord,
    AliasRecords,
    IdentityChange,
    Observation,
    apply_change,
    resolve,
)
from domain.people.person import phone_number

FIELDS: Mapping[str, Any] = {
    "id": str,
    "former": Annotated[int, msgspec.Meta(ge=0)],
    "since": float,
    "stated_at": float,
    "user_id": str,
}
KEPT_SECONDS = 400 * 24 * 3600
# After each failed attempt, another process has finished its change of that record.
MAX_ATTEMPTS = 20


@frozen(kw_only=True)
class RedisDirectory:
    """Aliases are spread over a cluster, so a change of several records is not atomic.

    A record is written only if it is still as it was read. Otherwise everything is read and decided again. A process
    that dies between two writes leaves a change that the same webhook completes when it is delivered again.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = KEPT_SECONDS

    async def ids(self, *, channel: str, seen: Sequence[Observation]) -> tuple[str, ...]:
        found = await asyncio.gather(*(self._id(channel, one) for one in seen))
        return tuple(found)

    async def _id(self, channel: str, seen: Observation) -> str:
        aliases = seen.person.aliases
        id_ = await self._update(channel, aliases, partial(resolve, seen))
        await self._keep_number(channel, id_, aliases)
        return id_

    async def find(self, *, channel: str, alias: Alias) -> str | None:
        record, _ = (await self._look_up(channel, [alias]))[alias]
        id_ = record.leads_to(alias)
        await self._keep_number(channel, id_, [alias])
        return id_ or None

    async def _keep_number(self, channel: str, id_: str, aliases: Sequence[Alias]) -> None:
        """Keep the record of the number that the id was made of, also when the person was seen without that number.

        A number without a record leads to the person of that id. So if it expired first, the number's next holder
        would get the id of a person who still writes under a user id.
        """
        if phone_number(id_) == id_ and (number := Alias(AliasKind.PHONE, id_)) not in aliases:
            await self._look_up(channel, [number])

    async def change(self, *, change: IdentityChange) -> None:
        def decide(records: AliasRecords) -> tuple[None, Mapping[Alias, AliasRecord]]:
            return None, apply_change(change, records)

        await self._update(change.channel, (*change.known, *change.new), decide)

    async def _update[T](
        self,
        channel: str,
        aliases: Iterable[Alias],
        decide: Callable[[AliasRecords], tuple[T, Mapping[Alias, AliasRecord]]],
    ) -> T:
        """Decide about these aliases and write the records that change. Returns what `decide` answered."""
        for _ in range(MAX_ATTEMPTS):
            found = await self._look_up(channel, aliases)
            answer, changed = decide({alias: record for alias, (record, _) in found.items()})
            if await self._enter(channel, changed, digests={alias: digest for alias, (_, digest) in found.items()}):
                return answer
        raise StoreUnavailableError("the records of a person changed during each attempt")

    async def _look_up(self, channel: str, aliases: Iterable[Alias]) -> dict[Alias, tuple[AliasRecord, str]]:
        """The record of each alias, and a digest of its stored text."""
        aliases = tuple(dict.fromkeys(aliases))
        found = await asyncio.gather(*(self._run(scripts.LOOK_UP, channel, alias) for alias in aliases))
        return {
            alias: (load_alias_record(value or ""), digest)
            for alias, (value, digest) in zip(aliases, found, strict=True)
        }

    async def _enter(self, channel: str, changed: Mapping[Alias, AliasRecord], *, digests: Mapping[Alias, str]) -> bool:
        """Write the records in order, until one was changed by somebody else. Returns whether all were written."""
        for alias, record in changed.items():
            for_good = int(record.former > 0)
            if await self._run(scripts.ENTER, channel, alias, digests[alias], dump_record(record), for_good):
                return False
        return True

    async def _run(self, script: scripts.Script, channel: str, alias: Alias, *arguments: scripts.Argument) -> Any:
        return await self.store.run(script, [self.key(channel, alias)], [self.keep_ms, *arguments])

    def key(self, channel: str, alias: Alias) -> str:
        return self.keys.shared(f"alias:{channel}:{alias}")

    @property
    def keep_ms(self) -> int:
        return int(self.keep_seconds * 1000)


def load_alias_record(text: str) -> AliasRecord:
    """The fields that can be read. Others are damaged, or a later version wrote them."""
    try:
        stored = msgspec.json.decode(text, type=dict[str, object])
    except codec.DECODE_ERRORS:
        return AliasRecord()
    read: dict[str, Any] = {}
    for name in FIELDS.keys() & stored.keys():
        with contextlib.suppress(*codec.DECODE_ERRORS):
            read[name] = msgspec.convert(stored[name], FIELDS[name])
    return AliasRecord(**read)


def dump_record(record: AliasRecord) -> str:
    """The fields that differ from the default: there are millions of records."""
    fields = asdict(record, filter=lambda attribute, value: value != attribute.default)
    return json.dumps(fields, separators=(",", ":"))
