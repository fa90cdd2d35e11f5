"""Who is who, in memory."""

from collections import defaultdict
from collections.abc import Sequence

from attrs import define, field

from domain.conversations import Person
from domain.identity import IdentityChange, Listing, is_number, known_id, unlisted, whose


@define
class MemoryDirectory:
    _channels: defaultdict[str, defaultdict[str, Listing]] = field(
        factory=lambda: defaultdict(lambda: defaultdict(Listing))
    )

    async def ids(self, *, channel: str, persons: Sequence[Person]) -> tuple[str, ...]:
        return tuple(self._id(self._channels[channel], person) for person in persons)

    def _id(self, listings: defaultdict[str, Listing], person: Person) -> str:
        id_ = known_id(person, listings)
        if id_ is None:
            former = listings[person.key].former
            id_ = f"{person.key}~{former + 1}" if former else person.key
            listings[person.key] = Listing(id=id_, former=former)
        for alias in unlisted(person, id_, listings):
            listings[alias] = Listing(id=id_)
        return id_

    async def change(self, *, change: IdentityChange) -> None:
        listings = self._channels[change.channel]
        id_ = whose(change, listings)
        if id_ is None:
            return
        for alias in change.new:
            listings[alias] = Listing(id=id_, former=listings[alias].former)
        for alias in {alias for alias in change.known if is_number(alias)} - set(change.new):
            listing = listings[alias]
            if listing.id == id_ or listing == Listing():
                listings[alias] = Listing(former=listing.former + 1)
