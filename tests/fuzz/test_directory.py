"""Whoever moves, in whatever order it is told and however often: nobody is taken for somebody else."""

import itertools

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.directory import MemoryDirectory
from domain.conversations import Person
from domain.identity import IdentityChange
from support.fuzzing import Run

steps = st.tuples(st.sampled_from(["arrive", "write", "write", "move", "again"]), st.integers(0, 1000))


@define
class Somebody:
    phone: str
    user_id: str
    id: str = ""


@define
class World:
    """People with a number each, which the next may get when they move."""

    directory: MemoryDirectory = field(factory=MemoryDirectory)
    people: list[Somebody] = field(factory=list)
    free_numbers: list[str] = field(factory=list)
    told: list[IdentityChange] = field(factory=list)
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1_555_000))

    async def arrive(self, number: int) -> None:
        free = self.free_numbers
        phone = free.pop(number % len(free)) if free and number % 2 else str(next(self._numbers))
        self.people.append(Somebody(phone=phone, user_id=f"US.{next(self._numbers)}"))

    async def write(self, number: int) -> None:
        who = self.people[number % len(self.people)]
        phone = None if who.id and number % 2 else who.phone
        (id_,) = await self.directory.ids(channel="whatsapp", persons=[Person(phone=phone, user_id=who.user_id)])
        assert id_ == (who.id or id_), "their conversation is torn apart"
        assert id_ not in {other.id for other in self.people if other is not who}, "they read what another wrote"
        who.id = id_

    async def move(self, number: int) -> None:
        who = self.people[number % len(self.people)]
        before = (who.phone, who.user_id)
        self.free_numbers.append(who.phone)
        who.phone, who.user_id = str(next(self._numbers)), f"US.{next(self._numbers)}"
        if who.id:
            self.told.append(IdentityChange(channel="whatsapp", known=before, new=(who.phone, who.user_id)))
            await self.directory.change(change=self.told[-1])

    async def again(self, number: int) -> None:
        if self.told:
            await self.directory.change(change=self.told[number % len(self.told)])


@given(history=st.lists(steps, max_size=40))
def test_nobody_is_taken_for_somebody_else(run: Run, history: list[tuple[str, int]]) -> None:
    """And each keeps their conversation."""
    run(_live(history))


async def _live(history: list[tuple[str, int]]) -> None:
    world = World()
    await world.arrive(0)
    for step, number in history:
        await getattr(world, step)(number)
