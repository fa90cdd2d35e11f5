"""The alias records of a directory, without a store."""

from collections import defaultdict

from attrs import define, field

from domain.people.aliases import AliasRecord, IdentityChange, Observation, apply_change, resolve
from domain.people.person import Person

type Fact = Observation | IdentityChange


@define
class Book:
    """Alias records, changed by observations and by identity changes."""

    listings: defaultdict[str, AliasRecord] = field(factory=lambda: defaultdict(AliasRecord))

    def see(self, phone: str | None = None, user_id: str | None = None, *, at: float) -> str:
        return self.learn(Observation(person=Person(phone=phone, user_id=user_id), at=at))

    def tell(self, *known: str, to: tuple[str, ...], at: float) -> None:
        self.learn(changed(*known, to=to, at=at))

    def learn(self, fact: Fact) -> str:
        if isinstance(fact, IdentityChange):
            self.listings.update(apply_change(fact, self.listings))
            return ""
        id_, entries = resolve(fact, self.listings)
        self.listings.update(entries)
        return id_


def changed(*known: str, to: tuple[str, ...], at: float) -> IdentityChange:
    return IdentityChange(channel="whatsapp", known=known, new=to, at=at)
