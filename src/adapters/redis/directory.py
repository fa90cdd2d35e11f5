"""Who is who on Redis: a key for each alias that says more than itself."""

import asyncio
from collections.abc import Iterable, Sequence

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from domain.conversations import Person
from domain.identity import IdentityChange, Listing, is_number, known_id, unlisted, whose

KEPT_SECONDS = 400 * 24 * 3600


@frozen(kw_only=True)
class RedisDirectory:
    """Aliases are spread over a cluster; what is asked for at once travels at once (see `script_runner`)."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = KEPT_SECONDS

    async def ids(self, *, channel: str, persons: Sequence[Person]) -> tuple[str, ...]:
        found = await asyncio.gather(*(self._id(channel, person) for person in persons))
        return tuple(found)

    async def _id(self, channel: str, person: Person) -> str:
        listings = await self._look_up(channel, person.aliases)
        id_ = known_id(person, listings)
        if id_ is None:
            id_ = await self._enter(channel, person.key, "", instead_of="")
            listings[person.key] = Listing(id=id_)
        if not (entries := unlisted(person, id_, listings)):
            return id_
        calls = (self._enter(channel, alias, id_, instead_of=listings[alias].id) for alias in entries)
        for alias, led in zip(entries, await asyncio.gather(*calls), strict=True):
            listings[alias] = Listing(id=led)
        return known_id(person, listings) or id_  # somebody else may have been quicker

    async def change(self, *, change: IdentityChange) -> None:
        channel = change.channel
        listings = await self._look_up(channel, [*change.known, *change.new])
        id_ = whose(change, listings)
        if id_ is None:
            return
        await asyncio.gather(*(self._run(scripts.LEAD_TO, channel, alias, id_) for alias in change.new))
        given_up = {alias for alias in change.known if is_number(alias)} - set(change.new)
        await asyncio.gather(*(self._run(scripts.GIVE_UP, channel, alias, id_) for alias in given_up))

    async def _look_up(self, channel: str, aliases: Iterable[str]) -> dict[str, Listing]:
        aliases = tuple(aliases)
        values = await asyncio.gather(*(self._run(scripts.LOOK_UP, channel, alias) for alias in aliases))
        return {alias: _listing(value) for alias, value in zip(aliases, values, strict=True)}

    async def _enter(self, channel: str, alias: str, id_: str, *, instead_of: str) -> str:
        return str(await self._run(scripts.ENTER, channel, alias, alias, id_, instead_of))

    async def _run(self, script: scripts.Script, channel: str, alias: str, *arguments: str) -> str | None:
        name = self.keys.shared(f"alias:{channel}:{alias}")
        answer: str | None = await self.store.run(script, [name], [int(self.keep_seconds * 1000), *arguments])
        return answer


def _listing(value: str | None) -> Listing:
    former, _, id_ = (value or "0:").partition(":")
    return Listing(id=id_, former=int(former))
