"""Who is who, in memory."""

from collections import defaultdict
from collections.abc import Sequence

from attrs import define, field

from domain.people.aliases import AliasRecord, IdentityChange, Observation, apply_change, is_number, resolve


@define
class MemoryDirectory:
    _channels: defaultdict[str, defaultdict[str, AliasRecord]] = field(
        factory=lambda: defaultdict(lambda: defaultdict(AliasRecord))
    )

    async def ids(self, *, channel: str, seen: Sequence[Observation]) -> tuple[str, ...]:
        return tuple(self._id(self._channels[channel], one) for one in seen)

    def _id(self, listings: defaultdict[str, AliasRecord], seen: Observation) -> str:
        id_, entries = resolve(seen, listings)
        listings.update(entries)
        return id_

    async def find(self, *, channel: str, alias: str) -> str | None:
        listing = self._channels[channel].get(alias, AliasRecord())
        return listing.leads_to(alias, number=is_number(alias)) or None

    async def change(self, *, change: IdentityChange) -> None:
        listings = self._channels[change.channel]
        listings.update(apply_change(change, listings))
