"""People move, take over numbers and make new sessions: no two of them ever share an agent's memory."""

import itertools

from attrs import define, evolve, field
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Conversation, Person
from support.aliases import aliases
from support.answering import Answering
from support.fuzzing import Run
from support.messages import message
from support.turns import compose

STEPS = ["arrive", "write", "begin_anew", "begin_anew", "move", "hand_over"]
# Forms of user ids: `{0}` is the phone number of a person, `{1}` the number of the id. Most are as Meta writes them.
USER_IDS = ["US.{1}", "US.{1}", "{0}~{1}", "{0}~new{1}", "{0}~2~new{1}", "whatsapp:{0}{1}", "%7E{1}"]
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 41))


@define
class Somebody:
    """`session` is that of their last message. It is empty after a new session."""

    phone: str
    user_id: str
    session: str = ""
    sessions: set[str] = field(factory=set)


@define
class World:
    """People whose notices arrive at once and in order."""

    answering: Answering = field(factory=Answering)
    people: list[Somebody] = field(factory=list)
    free_numbers: list[str] = field(factory=list)
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1))

    async def arrive(self, number: int) -> None:
        free = self.free_numbers
        phone = free.pop(number % len(free)) if free else self._phone()
        self.people.append(Somebody(phone=phone, user_id=self._user_id(number)))

    async def write(self, number: int) -> None:
        who = self._one(number)
        await self._write(who, "hello", hidden=number % 4 == 0)

        session = self.answering.agent.calls[-1].session_id
        assert who.session in ("", session), "another memory without a new session"
        who.session = session
        who.sessions.add(session)
        others = set().union(*(other.sessions for other in self.people if other is not who))
        assert session not in others, "two people share a memory"

    async def begin_anew(self, number: int) -> None:
        who = self._one(number)
        await self._write(who, "/new", hidden=False)
        who.session = ""
        await self.write(number)

    async def move(self, number: int) -> None:
        await self._move(self._one(number), self._phone(), number)

    async def hand_over(self, number: int) -> None:
        """A person gets a new number, and another one gets the old number."""
        left, comes = self._one(number), self._one(number + 1)
        if left is not comes:
            phone = left.phone
            await self._move(left, self._phone(), number)
            await self._move(comes, phone, number)
            self.free_numbers.remove(phone)

    async def _move(self, who: Somebody, phone: str, number: int) -> None:
        before, self.free_numbers = (who.user_id, who.phone), [*self.free_numbers, who.phone]
        who.phone, who.user_id = phone, self._user_id(number)
        change = IdentityChange(
            channel="whatsapp", known=aliases(*before), new=aliases(who.user_id, phone), at=self._now()
        )
        await self.answering.directory.change(change=change)

    async def _write(self, who: Somebody, words: str, *, hidden: bool) -> None:
        person = Person(phone=None if hidden else who.phone, user_id=who.user_id)
        now = self._now()
        (user,) = await self.answering.directory.ids(channel="whatsapp", seen=[Observation(person=person, at=now)])
        written = message(words, person=person, sent_at=now, arrived_at=now)
        await compose(self.answering, evolve(written, conversation=Conversation(channel="whatsapp", user=user)))

    def _one(self, number: int) -> Somebody:
        return self.people[number % len(self.people)]

    def _phone(self) -> str:
        return str(15_550_000_000 + next(self._numbers))

    def _user_id(self, number: int) -> str:
        phone = self._one(number).phone if self.people else "15550000001"
        return USER_IDS[number % len(USER_IDS)].format(phone, next(self._numbers))

    def _now(self) -> float:
        self.answering.clock.advance(1.0)
        return self.answering.clock.now()


@settings(max_examples=150)
@given(history=st.lists(steps, min_size=10, max_size=40))
def test_two_people_never_share_a_memory(run: Run, history: list[tuple[str, int]]) -> None:
    """And a person's session changes only with a new session."""
    run(_live(history))


async def _live(history: list[tuple[str, int]]) -> None:
    world = World()
    await world.arrive(0)
    for step, number in history:
        await getattr(world, step)(number)
