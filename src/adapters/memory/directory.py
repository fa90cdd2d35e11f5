"""Who is who, in memory."""

from collections import defaultdict
from collections.abc import Sequence

from attrs import define, field

from domain.identity import IdentityChange, Listing, Sighting, follow, is_number, place


@define
class MemoryDirectory:
    _channels: defaultdict[str, defaultdict[str, Listing]] = field(
        factory=lambda: defaultdict(lambda: defaultdict(Listing))
    )

    async def ids(self, *, channel: str, seen: Sequence[Sighting]) -> tuple[str, ...]:
        return tuple(self._id(self._channels[channel], one) for one in seen)

    def _id(self, listings: defaultdict[str, Listing], seen: Sighting) -> str:
        id_, entries = place(seen, listings)
        listings.update(entries)
        return id_

    async def find(self, *, channel: str, alias: str) -> str | None:
        listing = self._channels[channel].get(alias, Listing())
        return listing.leads_to(alias, number=is_number(alias)) or None

    async def change(self, *, change: IdentityChange) -> None:
        listings = self._channels[change.channel]
        listings.update(follow(change, listings))
