"""What a directory has listed, without a store."""

from collections import defaultdict

from attrs import define, field

from domain.conversations import Person
from domain.identity import IdentityChange, Listing, Sighting, follow, place

type Fact = Sighting | IdentityChange


@define
class Book:
    """Listings, and what is done to them."""

    listings: defaultdict[str, Listing] = field(factory=lambda: defaultdict(Listing))

    def see(self, phone: str | None = None, user_id: str | None = None, *, at: float) -> str:
        return self.learn(Sighting(person=Person(phone=phone, user_id=user_id), at=at))

    def tell(self, *known: str, to: tuple[str, ...], at: float) -> None:
        self.learn(changed(*known, to=to, at=at))

    def learn(self, fact: Fact) -> str:
        if isinstance(fact, IdentityChange):
            self.listings.update(follow(fact, self.listings))
            return ""
        id_, entries = place(fact, self.listings)
        self.listings.update(entries)
        return id_


def changed(*known: str, to: tuple[str, ...], at: float) -> IdentityChange:
    return IdentityChange(channel="whatsapp", known=known, new=to, at=at)
