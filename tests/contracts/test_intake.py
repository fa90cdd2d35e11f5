"""The intakes keep their contract; on Redis, in one call."""

import time

import pytest
from attrs import evolve

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.directory import MemoryDirectory
from adapters.memory.intake import MemoryIntake
from adapters.memory.mailbox import MemoryMailbox
from adapters.redis import scripts
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.directory import RedisDirectory
from adapters.redis.intake import RedisIntake
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.inbox import Acceptance
from application.ports.intake import UnverifiedPersonError
from application.ports.store import StoreUnavailableError
from contracts.intake_contract import NEW, AssumedPeopleContract, IntakeContract, Parts, named
from contracts.mailbox_steps import MAX_WAITING, bodies
from domain.people.person import Person
from support.begin import begin_turn
from support.messages import ANA, BOB, enqueued

DAY = 24 * 3600


def on_redis(store: StoreConnections, keys: Keys) -> Parts:
    mailbox = RedisMailbox(store=store, keys=keys, clock=SystemClock(), max_waiting=MAX_WAITING)
    directory, states = RedisDirectory(store=store, keys=keys), RedisConversationStates(store=store, keys=keys)
    feed = RedisActivityFeed(store=store, keys=keys)
    intake = RedisIntake(mailbox=mailbox, directory=directory, states=states, feed=feed)
    return Parts(intake=intake, mailbox=mailbox, directory=directory, states=states, feed=feed)


class TestMemoryIntake(IntakeContract, AssumedPeopleContract):
    @pytest.fixture
    def parts(self) -> Parts:
        mailbox, directory = MemoryMailbox(max_waiting=MAX_WAITING), MemoryDirectory()
        states, feed = MemoryConversationStates(), MemoryActivityFeed()
        intake = MemoryIntake(inbox=mailbox, directory=directory, states=states, feed=feed)
        return Parts(intake=intake, mailbox=mailbox, directory=directory, states=states, feed=feed)


class TestRedisIntake(IntakeContract, AssumedPeopleContract):
    @pytest.fixture
    async def parts(self, store: StoreConnections, keys: Keys) -> Parts:
        parts = on_redis(store, keys)
        await parts.mailbox.prepare()
        return parts

    async def test_everything_travels_in_one_call(self, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
        """Alias, duplicate check, message, time and activity."""
        calls = []

        run = StoreConnections.run

        async def counted(
            store: StoreConnections, script: scripts.Script, keys: list[str], arguments: list[scripts.Argument]
        ) -> object:
            calls.append(script)
            return await run(store, script, keys, arguments)

        monkeypatch.setattr(StoreConnections, "run", counted)

        await parts.store(enqueued(person=named()), enqueued(person=BOB), assumed=True)

        assert calls == [scripts.ACCEPT]

    async def test_a_number_alone_costs_no_record(self, parts: Parts, store: StoreConnections, keys: Keys) -> None:
        """Most people have only a number."""
        await parts.store(enqueued(), assumed=True)

        assert await store.commands.keys(f"{keys.prefix}:alias:*") == []

    async def test_records_are_kept_while_they_are_used(
        self, parts: Parts, store: StoreConnections, keys: Keys
    ) -> None:
        """They expire some hundred days after the person last wrote; one that is kept for good stays so."""
        name = f"{keys.prefix}:alias:whatsapp:user_id:US.1"
        await parts.store(enqueued(person=named()), assumed=True)
        lives = [await store.commands.ttl(name)]
        for days in (201, 199):
            await store.commands.expire(name, days * DAY)
            await parts.store(enqueued(person=named()), assumed=True)
            lives.append(await store.commands.ttl(name))
        await store.commands.persist(name)
        await parts.store(enqueued(person=named()), assumed=True)
        lives.append(await store.commands.ttl(name) * DAY)

        assert [round(seconds / DAY) for seconds in lives] == [400, 201, 400, -1]

    @pytest.mark.parametrize(
        ("marketing", "days"),
        [((None, None), 90), ((9.0, None), None), ((9.0, 9.0), None), ((10.0, 9.0), None), ((9.0, 10.0), 90)],
    )
    async def test_the_state_is_kept_for_some_months(
        self, parts: Parts, store: StoreConnections, marketing: tuple[float | None, float | None], days: int | None
    ) -> None:
        """For good while the person takes no marketing: they stopped it, and did not resume it later."""
        message, (stopped_at, resumed_at) = enqueued(), marketing
        await parts.states.change(
            conversation=message.message.conversation,
            marketing_stopped_at=stopped_at,
            marketing_resumed_at=resumed_at,
            session=1,
        )
        assert isinstance(parts.intake, RedisIntake)
        name = parts.intake.mailbox.keys.of(0, f"state:{message.message.conversation}")
        await store.commands.expire(name, 7 * DAY)

        await parts.store(message)

        assert await store.commands.ttl(name) == (pytest.approx(days * DAY, abs=60) if days else -1)

    async def test_the_state_is_kept_longer_once_a_day(self, parts: Parts, store: StoreConnections, keys: Keys) -> None:
        """By the channel's time. The other messages of that day change nothing about it."""
        message = enqueued(sent_at=10 * DAY)
        await parts.store(message)
        name, lives = keys.of(0, f"state:{message.message.conversation}"), []
        for sent_at in (11 * DAY - 1, 11 * DAY, 11 * DAY + 1):
            await store.commands.expire(name, 7 * DAY)
            await parts.store(enqueued(sent_at=sent_at))
            lives.append(round(await store.commands.ttl(name) / DAY))

        assert lives == [7, 90, 7]

    async def test_in_one_webhook_the_time_is_not_turned_back_either(self, parts: Parts) -> None:
        """Its messages come in any order."""
        await parts.store(enqueued(sent_at=20), enqueued(sent_at=10), enqueued(sent_at=15))

        assert await parts.heard_at(ANA) == 20

    async def test_the_mailbox_alone_leaves_the_rest_as_it_is(self, parts: Parts) -> None:
        """It stores messages. The state and the feed are the intake's."""
        await parts.store(enqueued(message_id="m1", sent_at=10))

        await parts.mailbox.accept(messages=[enqueued(sent_at=20)])

        assert await parts.heard_at(ANA) == 10
        assert await parts.published() == ["m1"]

    async def test_the_feed_is_kept_short(self, parts: Parts, store: StoreConnections, keys: Keys) -> None:
        """As when activities are published without a message."""
        intake = parts.intake
        assert isinstance(intake, RedisIntake)
        short = evolve(parts, intake=evolve(intake, feed=evolve(intake.feed, length=10)))
        people = [Person(phone=f"1555{number}") for number in range(300)]

        await short.store(*(enqueued(person=person) for person in people))

        assert 10 <= await store.commands.xlen(keys.shared("feed")) < 300

    async def test_a_damaged_feed_keeps_no_message_out(self, parts: Parts, store: StoreConnections, keys: Keys) -> None:
        """What is published may be lost."""
        await store.commands.set(keys.shared("feed"), "damaged")

        assert await parts.store(enqueued(), assumed=True) == (NEW,)

    @pytest.mark.parametrize("counter", ["damaged", "7"])
    async def test_messages_of_the_same_time_keep_the_order_in_which_they_arrived(
        self, parts: Parts, store: StoreConnections, keys: Keys, counter: str
    ) -> None:
        """In one webhook and in the next. A damaged counter goes on from the clock, which is ahead of every count."""
        before_ms = int(time.time() * 1000)
        await store.commands.set(keys.of(0, "arrivals"), counter)

        for names in (("z", "y", "x"), ("w",), ("v", "u")):
            await parts.store(*(enqueued(name, message_id=name, sent_at=30) for name in names))

        (claim,) = await parts.claims()
        turn = await begin_turn(parts.mailbox, claim)
        assert turn is not None
        assert bodies(turn) == ["z", "y", "x", "w", "v", "u"]
        counted = int(str(await store.commands.get(keys.of(0, "arrivals"))))
        assert counted == 13 if counter == "7" else counted >= before_ms + 6

    async def test_known_messages_are_not_counted(self, parts: Parts, store: StoreConnections, keys: Keys) -> None:
        """Nothing is written for them."""
        message = enqueued()
        await parts.store(message)
        await store.commands.set(keys.of(0, "arrivals"), "damaged")

        assert await parts.store(message) == (Acceptance.KNOWN,)

        assert await store.commands.get(keys.of(0, "arrivals")) == "damaged"

    async def test_a_damaged_state_leaves_nothing_half_done(
        self, parts: Parts, store: StoreConnections, keys: Keys
    ) -> None:
        """The webhook is stored whole or not at all. The channel delivers it again, and each message is stored once."""
        messages = [enqueued("hi", person=named(phone="15550003333")), enqueued("hello")]
        name = keys.of(0, f"state:{messages[1].message.conversation}")
        await store.commands.set(name, "damaged")

        with pytest.raises(StoreUnavailableError):
            await parts.store(*messages, assumed=True)
        assert [each for each in await store.commands.keys(f"{keys.prefix}:*") if "15550003333" in each] == []
        assert await parts.claims() == []
        await store.commands.delete(name)

        assert await parts.store(*messages, assumed=True) == (NEW, NEW)
        turns = [await begin_turn(parts.mailbox, claim) for claim in await parts.claims()]
        assert [bodies(turn) for turn in turns if turn] == [["hi"], ["hello"]]

    @pytest.mark.parametrize("record", ["", "{", "7", "[]", "{}", '{"id":7}', '{"id":""}', '{"id":"15550002222"}'])
    async def test_a_record_that_says_nothing_usual_is_not_trusted(
        self, parts: Parts, store: StoreConnections, keys: Keys, record: str
    ) -> None:
        """Here the number's does not name the user id, and so might be of somebody else."""
        await parts.id_of(named(), at=1)
        await store.commands.set(keys.shared(f"alias:whatsapp:phone:{ANA.phone}"), record)

        with pytest.raises(UnverifiedPersonError):
            await parts.store(enqueued(person=named()), assumed=True)

    @pytest.mark.parametrize("record", ["{", "{}", '{"id":7}', '{"id":""}'])
    async def test_a_parent_id_must_lead_to_somebody(
        self, parts: Parts, store: StoreConnections, keys: Keys, record: str
    ) -> None:
        """Or the directory has to write its record again."""
        person = named(parent_id="US.ENT.1")
        await parts.id_of(person, at=1)
        await store.commands.set(keys.shared("alias:whatsapp:parent_id:US.ENT.1"), record)

        with pytest.raises(UnverifiedPersonError):
            await parts.store(enqueued(person=person), assumed=True)

    async def test_people_who_share_a_name_are_not_verified_together(self, parts: Parts) -> None:
        """The order of the people matters, so the directory decides."""
        with pytest.raises(UnverifiedPersonError):
            await parts.store(enqueued(person=named()), enqueued(person=named(user_id="US.2")), assumed=True)

    async def test_a_number_that_is_also_a_user_id_has_a_record_of_its_own(self, parts: Parts) -> None:
        """Names of two kinds are never the same."""
        person = named(user_id=ANA.phone)

        assert [await parts.store(enqueued(person=person), assumed=True) for _ in range(2)] == [(NEW,), (NEW,)]
        assert await parts.id_of(person, at=30) == ANA.phone

    async def test_a_shared_parent_id_is_no_obstacle(self, parts: Parts) -> None:
        """It leads to the person who came first."""
        other = named(phone=BOB.phone, user_id="US.2", parent_id="US.ENT.1")
        await parts.store(enqueued(person=named(parent_id="US.ENT.1")), assumed=True)
        with pytest.raises(UnverifiedPersonError):
            await parts.store(enqueued(person=other), assumed=True)
        await parts.id_of(other, at=1)

        assert await parts.store(enqueued(person=other), assumed=True) == (NEW,)
        assert await parts.id_of(Person(parent_id="US.ENT.1"), at=2) == ANA.key


class TestIntakeOnPartitions(IntakeContract):
    @pytest.fixture
    async def parts(self, store: StoreConnections, keys: Keys) -> Parts:
        parts = on_redis(store, Keys(prefix=f"{keys.prefix}-16", partitions=16))
        await parts.mailbox.prepare()
        return parts

    async def test_people_are_not_verified(self, parts: Parts) -> None:
        """Their records are on other nodes of a cluster. Nothing is stored."""
        message = enqueued(message_id="m1")

        with pytest.raises(UnverifiedPersonError):
            await parts.store(message, assumed=True)

        assert await parts.store(message) == (Acceptance.NEW,)
