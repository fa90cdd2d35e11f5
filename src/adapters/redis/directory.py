"""Who is who on Redis: a key for each alias that says more than itself."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from attrs import asdict, field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from domain.identity import IdentityChange, Listing, Listings, Sighting, follow, is_number, place

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

    async def ids(self, *, channel: str, seen: Sequence[Sighting]) -> tuple[str, ...]:
        found = await asyncio.gather(*(self._id(channel, one) for one in seen))
        return tuple(found)

    async def _id(self, channel: str, seen: Sighting) -> str:
        return await self._decided(channel, seen.person.aliases, partial(place, seen))

    async def find(self, *, channel: str, alias: str) -> str | None:
        listing = _listings(await self._look_up(channel, [alias]))[alias]
        return listing.leads_to(alias, number=is_number(alias)) or None

    async def change(self, *, change: IdentityChange) -> None:
        def decide(listings: Listings) -> tuple[None, Mapping[str, Listing]]:
            return None, follow(change, listings)

        await self._decided(change.channel, (*change.known, *change.new), decide)

    async def _decided[T](
        self, channel: str, aliases: Iterable[str], decide: Callable[[Listings], tuple[T, Mapping[str, Listing]]]
    ) -> T:
        """What was decided of these aliases, once the listings that follow from it are entered."""
        for _ in range(ATTEMPTS):
            values = await self._look_up(channel, aliases)
            answer, entries = decide(_listings(values))
            if await self._enter(channel, entries, instead_of=values):
                return answer
        raise StoreUnavailableError("a person's listings change all the time")

    async def _look_up(self, channel: str, aliases: Iterable[str]) -> dict[str, str]:
        aliases = tuple(dict.fromkeys(aliases))
        values = await asyncio.gather(*(self._run(scripts.LOOK_UP, channel, alias) for alias in aliases))
        return {alias: value or "" for alias, value in zip(aliases, values, strict=True)}

    async def _enter(self, channel: str, entries: Mapping[str, Listing], *, instead_of: Mapping[str, str]) -> bool:
        """Whether all listings were entered; none after one that somebody else changed meanwhile."""
        for alias, listing in entries.items():
            for_good = int(listing.former > 0)
            if await self._run(scripts.ENTER, channel, alias, instead_of[alias], _value(listing), for_good):
                return False
        return True

    async def _run(self, script: scripts.Script, channel: str, alias: str, *arguments: scripts.Argument) -> str | None:
        name = self.keys.shared(f"alias:{channel}:{alias}")
        answer: str | None = await self.store.run(script, [name], [int(self.keep_seconds * 1000), *arguments])
        return answer


def _listings(values: Mapping[str, str]) -> dict[str, Listing]:
    return {alias: Listing(**json.loads(value)) if value else Listing() for alias, value in values.items()}


def _value(listing: Listing) -> str:
    """What it says beyond the usual, for it is kept by the million."""
    said = asdict(listing, filter=lambda attribute, value: value != attribute.default)
    return json.dumps(said, separators=(",", ":"))
