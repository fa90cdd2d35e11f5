"""Who is who on Redis: a key for each alias that says more than itself."""

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
from domain.people.aliases import (
    AliasRecord,
    AliasRecords,
    IdentityChange,
    Observation,
    apply_change,
    is_number,
    resolve,
)

FIELDS: Mapping[str, Any] = {
    "id": str,
    "former": Annotated[int, msgspec.Meta(ge=0)],
    "since": float,
    "told": float,
    "user_id": str,
}
KEPT_SECONDS = 400 * 24 * 3600
# Each time somebody else was quicker, who has finished with that listing then.
ATTEMPTS = 20


@frozen(kw_only=True)
class RedisDirectory:
    """Aliases are spread over a cluster; what is asked for at once travels at once (see `script_runner`).

    A listing is entered if it still is what we read; else everything is read and decided again. Whoever dies between
    two entries leaves what the same webhook, delivered again, completes.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = KEPT_SECONDS

    async def ids(self, *, channel: str, seen: Sequence[Observation]) -> tuple[str, ...]:
        found = await asyncio.gather(*(self._id(channel, one) for one in seen))
        return tuple(found)

    async def _id(self, channel: str, seen: Observation) -> str:
        return await self._decided(channel, seen.person.aliases, partial(resolve, seen))

    async def find(self, *, channel: str, alias: str) -> str | None:
        listing, _ = (await self._look_up(channel, [alias]))[alias]
        return listing.leads_to(alias, number=is_number(alias)) or None

    async def change(self, *, change: IdentityChange) -> None:
        def decide(listings: AliasRecords) -> tuple[None, Mapping[str, AliasRecord]]:
            return None, apply_change(change, listings)

        await self._decided(change.channel, (*change.known, *change.new), decide)

    async def _decided[T](
        self,
        channel: str,
        aliases: Iterable[str],
        decide: Callable[[AliasRecords], tuple[T, Mapping[str, AliasRecord]]],
    ) -> T:
        """What was decided of these aliases, once the listings that follow from it are entered."""
        for _ in range(ATTEMPTS):
            found = await self._look_up(channel, aliases)
            answer, entries = decide({alias: listing for alias, (listing, _) in found.items()})
            if await self._enter(channel, entries, instead_of={alias: digest for alias, (_, digest) in found.items()}):
                return answer
        raise StoreUnavailableError("a person's listings change all the time")

    async def _look_up(self, channel: str, aliases: Iterable[str]) -> dict[str, tuple[AliasRecord, str]]:
        """The listing of each alias, and a digest of how it is written down."""
        aliases = tuple(dict.fromkeys(aliases))
        found = await asyncio.gather(*(self._run(scripts.LOOK_UP, channel, alias) for alias in aliases))
        return {alias: (_listing(value or ""), digest) for alias, (value, digest) in zip(aliases, found, strict=True)}

    async def _enter(self, channel: str, entries: Mapping[str, AliasRecord], *, instead_of: Mapping[str, str]) -> bool:
        """Whether all listings were entered; none after one that somebody else changed meanwhile."""
        for alias, listing in entries.items():
            for_good = int(listing.former > 0)
            if await self._run(scripts.ENTER, channel, alias, instead_of[alias], _value(listing), for_good):
                return False
        return True

    async def _run(self, script: scripts.Script, channel: str, alias: str, *arguments: scripts.Argument) -> Any:
        name = self.keys.shared(f"alias:{channel}:{alias}")
        return await self.store.run(script, [name], [int(self.keep_seconds * 1000), *arguments])


def _listing(text: str) -> AliasRecord:
    """What can be read of it: a later version may have added to it, or write it otherwise."""
    try:
        said = msgspec.json.decode(text, type=dict[str, object])
    except codec.DECODE_ERRORS:
        return AliasRecord()
    read: dict[str, Any] = {}
    for name in FIELDS.keys() & said.keys():
        with contextlib.suppress(*codec.DECODE_ERRORS):
            read[name] = msgspec.convert(said[name], FIELDS[name])
    return AliasRecord(**read)


def _value(listing: AliasRecord) -> str:
    """What it says beyond the usual, for it is kept by the million."""
    said = asdict(listing, filter=lambda attribute, value: value != attribute.default)
    return json.dumps(said, separators=(",", ":"))
