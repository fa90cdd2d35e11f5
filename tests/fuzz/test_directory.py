"""People move and write, and notices come in any order, late and repeated: nobody is taken for somebody else."""

import itertools

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.directory import MemoryDirectory
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Person
from support.aliases import aliases
from support.fuzzing import Run

STEPS = ["arrive", "write", "write", "move", "hand_over", "deliver", "deliver_again", "deliver_late_message"]
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 1000))


@define
class Somebody:
    phone: str
    user_id: str
    ids: set[str] = field(factory=set)


@define
class World:
    """People with a number each, which another person may get later. Notices of moves arrive late or never."""

    directory: MemoryDirectory = field(factory=MemoryDirectory)
    people: list[Somebody] = field(factory=list)
    free_numbers: list[str] = field(factory=list)
    undelivered: list[IdentityChange] = field(factory=list)
    delivered: list[IdentityChange] = field(factory=list)
    written: list[tuple[Somebody, Observation]] = field(factory=list)
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1_555_000))

    async def arrive(self, number: int) -> None:
        free = self.free_numbers
        phone = free.pop(number % len(free)) if free and number % 2 else str(next(self._numbers))
        self.people.append(Somebody(phone=phone, user_id=self._user_id()))

    async def write(self, number: int) -> None:
        who = self.people[number % len(self.people)]
        phone = None if number % 3 == 0 else who.phone
        seen = Observation(person=Person(phone=phone, user_id=who.user_id), at=self._now())
        self.written.append((who, seen))
        if number % 5:
            await self._observe(who, seen)

    async def deliver_late_message(self, number: int) -> None:
        """A message from the past arrives, for the first time or again."""
        if self.written:
            who, seen = self.written[number % len(self.written)]
            await self._observe(who, seen)

    async def move(self, number: int) -> None:
        who = self.people[number % len(self.people)]
        self._change(who, phone=str(next(self._numbers)))

    async def hand_over(self, number: int) -> None:
        """A person moves, and another one moves to their number at the same time."""
        left = self.people[number % len(self.people)]
        comes = self.people[(number + 1) % len(self.people)]
        if left is not comes:
            phone = left.phone
            self._change(left, phone=str(next(self._numbers)))
            self._change(comes, phone=phone)
            self.free_numbers.remove(phone)

    async def deliver(self, number: int) -> None:
        if self.undelivered:
            self.delivered.append(self.undelivered.pop(number % len(self.undelivered)))
            await self.directory.change(change=self.delivered[-1])

    async def deliver_again(self, number: int) -> None:
        if self.delivered:
            await self.directory.change(change=self.delivered[number % len(self.delivered)])

    async def _observe(self, who: Somebody, seen: Observation) -> None:
        (id_,) = await self.directory.ids(channel="whatsapp", seen=[seen])
        who.ids.add(id_)
        others = [other.ids for other in self.people if other is not who]
        assert not any(id_ in ids for ids in others), "two people share a conversation"

    def _change(self, who: Somebody, *, phone: str) -> None:
        before = (who.user_id, who.phone)
        self.free_numbers.append(who.phone)
        who.phone, who.user_id = phone, self._user_id()
        change = IdentityChange(
            channel="whatsapp", known=aliases(*before), new=aliases(who.user_id, who.phone), at=self._now()
        )
        self.undelivered.append(change)

    def _user_id(self) -> str:
        return f"US.{next(self._numbers)}"

    def _now(self) -> float:
        return float(next(self._numbers))


@given(history=st.lists(steps, max_size=60))
def test_nobody_is_taken_for_somebody_else(run: Run, history: list[tuple[str, int]]) -> None:
    """However late messages and notices are."""
    run(_live(history))


async def _live(history: list[tuple[str, int]]) -> None:
    world = World()
    await world.arrive(0)
    for step, number in history:
        await getattr(world, step)(number)
