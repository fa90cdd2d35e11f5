"""A table of alias records, without a store."""

from collections import defaultdict

from attrs import define, field

from domain.people.alias import Alias
from domain.people.aliases import AliasRecord, IdentityChange, Observation, apply_change, resolve
from domain.people.person import Person
from support.aliases import aliases

type Fact = Observation | IdentityChange


@define
class AliasTable:
    """Alias records. `observe` and `change` apply a statement about a person; `observe` returns the person's id."""

    records: defaultdict[Alias, AliasRecord] = field(factory=lambda: defaultdict(AliasRecord))

    def observe(self, phone: str | None = None, user_id: str | None = None, *, at: float) -> str:
        return self.apply(Observation(person=Person(phone=phone, user_id=user_id), at=at))

    def change(self, *known: str, to: tuple[str, ...], at: float) -> None:
        self.apply(identity_change(*known, to=to, at=at))

    def apply(self, fact: Fact) -> str:
        if isinstance(fact, IdentityChange):
            self.records.update(apply_change(fact, self.records))
            return ""
        id_, entries = resolve(fact, self.records)
        self.records.update(entries)
        return id_


def identity_change(*known: str, to: tuple[str, ...], at: float) -> IdentityChange:
    return IdentityChange(channel="whatsapp", known=aliases(*known), new=aliases(*to), at=at)
