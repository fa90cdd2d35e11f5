"""Three people write and move, and statements about it come in any order: nobody is taken for somebody else."""

from collections.abc import Sequence

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Person
from support.alias_records import AliasTable, Fact, identity_change

ONE, TWO, THREE = "1555000001", "1555000002", "1555000003"


@define
class History:
    """What three people did, and every statement about it. Numbers change hands."""

    with_ids: bool
    numbers: list[str] = field(factory=lambda: [ONE, TWO, THREE])
    ids: list[str] = field(factory=lambda: ["US.0.0", "US.1.0", "US.2.0"])
    facts: list[Fact] = field(factory=list)
    free: list[str] = field(factory=lambda: ["1555000008", "1555000009"])

    def observe(self, who: int) -> None:
        self.facts.append(self.observation(who))

    def move(self, who: int) -> None:
        before = self._aliases(who)
        self.free.append(self.numbers[who])
        self.numbers[who] = self.free.pop(0)
        self.ids[who] = f"US.{who}.{self.now}"
        self.facts.append(identity_change(*before, to=self._aliases(who), at=self.now))

    def observation(self, who: int) -> Observation:
        user_id = self.ids[who] if self.with_ids else None
        return Observation(person=Person(phone=self.numbers[who], user_id=user_id), at=self.now)

    @property
    def now(self) -> float:
        return 10.0 + len(self.facts)

    def _aliases(self, who: int) -> tuple[str, ...]:
        return (self.ids[who], self.numbers[who]) if self.with_ids else (self.numbers[who],)


def history(steps: Sequence[tuple[str, int]], *, with_ids: bool) -> History:
    """Each person is observed once. Then the steps follow."""
    past = History(with_ids=with_ids)
    for who in range(3):
        past.observe(who)
    for step, who in steps:
        getattr(past, step)(who)
    return past


anything = st.lists(st.tuples(st.sampled_from(["observe", "move"]), st.integers(0, 2)), max_size=12)
moves = st.lists(st.tuples(st.just("move"), st.integers(0, 2)), max_size=12)
again = st.lists(st.integers(0, 1000), max_size=20)


@given(steps=anything, with_ids=st.booleans(), repeated=again)
def test_repeated_changes_have_no_effect(steps: list[tuple[str, int]], with_ids: bool, repeated: list[int]) -> None:
    """At any time and in any order: each person keeps their first id, and each number its owner."""
    past = history(steps, with_ids=with_ids)
    changes = [fact for fact in past.facts if isinstance(fact, IdentityChange)]
    table = AliasTable()
    known_changes = 0
    for fact in past.facts:
        table.apply(fact)
        known_changes += isinstance(fact, IdentityChange)
        for number in repeated[:known_changes]:
            table.apply(changes[number % known_changes])

    assert [table.apply(past.observation(who)) for who in range(3)] == [ONE, TWO, THREE]


@given(steps=anything, data=st.data())
def test_no_order_of_statements_joins_two_people(steps: list[tuple[str, int]], data: st.DataObject) -> None:
    """Statements with user ids, in any order, any of them repeated."""
    past = history(steps, with_ids=True)
    table = AliasTable()
    for fact in data.draw(st.permutations(past.facts * 2)):
        table.apply(fact)

    assert len({table.apply(past.observation(who)) for who in range(3)}) == 3


@given(steps=moves, data=st.data())
def test_no_order_of_changes_joins_two_people(steps: list[tuple[str, int]], data: st.DataObject) -> None:
    """Changes that name only numbers."""
    past = history(steps, with_ids=False)
    table = AliasTable()
    for fact in (*past.facts[:3], *data.draw(st.permutations(past.facts[3:] * 2))):
        table.apply(fact)

    assert len({table.apply(past.observation(who)) for who in range(3)}) == 3
