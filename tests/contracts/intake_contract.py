"""What every intake promises."""

import itertools
from collections.abc import Sequence

import pytest
from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.inbox import Acceptance, EnqueuedMessage
from application.ports.intake import Intake, UnverifiedPersonError
from application.ports.leases import Claim
from application.ports.mailbox import Mailbox
from application.receiving.activities import to_activity
from contracts.mailbox_steps import MAX_WAITING, bodies
from domain.conversations.activity import Activity, ActivityKind
from domain.people.alias import Alias, AliasKind
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Conversation, Person
from support.aliases import aliases
from support.begin import begin_turn
from support.messages import ANA, BOB, enqueued

NEW, KNOWN, LEFT_OUT = Acceptance.NEW, Acceptance.KNOWN, Acceptance.LEFT_OUT
END = Activity(kind=ActivityKind.RESUMED, channel="whatsapp", at=0)


@frozen(kw_only=True)
class Parts:
    """An intake, and the parts that show what it stored."""

    intake: Intake
    mailbox: Mailbox
    directory: Directory
    states: ConversationStates
    feed: ActivityFeed

    async def store(self, *messages: EnqueuedMessage, assumed: bool = False) -> tuple[Acceptance, ...]:
        activities = [to_activity(enqueued.message, at=1) for enqueued in messages]
        return await self.intake.store(messages=messages, activities=activities, assumed=assumed)

    async def claims(self) -> list[Claim]:
        """What is ready, of all partitions."""
        claims = [
            await self.mailbox.claim(partition=partition, worker="a", limit=9, wait_seconds=0)
            for partition in range(self.mailbox.partitions)
        ]
        return list(itertools.chain(*claims))

    async def heard_at(self, person: Person) -> float | None:
        conversation = Conversation(channel="whatsapp", user=person.key)
        return (await self.states.of(conversation=conversation)).heard_at

    async def id_of(self, person: Person, *, at: float) -> str:
        (id_,) = await self.directory.ids(channel="whatsapp", seen=[Observation(person=person, at=at)])
        return id_

    async def published(self) -> list[str]:
        """The ids of the messages in the feed so far."""
        await self.feed.publish(activities=[END])
        ids = []
        async for _, activity in self.feed.follow(after="0"):
            if activity == END:
                break
            ids.append(activity.detail["message_id"])
        return ids


def named(*, phone: str | None = ANA.phone, user_id: str | None = "US.1", parent_id: str | None = None) -> Person:
    return Person(phone=phone, user_id=user_id, parent_id=parent_id)


class IntakeContract:
    """Inherit, and provide the fixture `parts`."""

    async def test_messages_are_stored_with_what_follows_from_them(self, parts: Parts) -> None:
        """The message waits, its time is in the state, and the feed shows it."""
        message = enqueued("hello", message_id="m1", sent_at=1000.5)

        assert await parts.store(message) == (NEW,)

        (claim,) = await parts.claims()
        turn = await begin_turn(parts.mailbox, claim)
        assert turn is not None
        assert bodies(turn) == ["hello"]
        assert await parts.heard_at(ANA) == 1000.5
        assert await parts.published() == ["m1"]

    async def test_a_known_message_changes_nothing(self, parts: Parts) -> None:
        """Neither in another call nor in the same one."""
        first, second = enqueued(message_id="m1", sent_at=10), enqueued(message_id="m2", sent_at=10)
        later = enqueued(message_id="m1", sent_at=99)

        assert await parts.store(first, second, later) == (NEW, NEW, KNOWN)
        assert await parts.store(later, second) == (KNOWN, KNOWN)

        assert await parts.heard_at(ANA) == 10
        assert await parts.published() == ["m1", "m2"]

    async def test_a_message_that_is_left_out_was_heard_all_the_same(self, parts: Parts) -> None:
        """The person wrote, so free texts may be sent. It is not published, and not known."""
        waiting = [enqueued(message_id=f"m{number}", sent_at=number) for number in range(MAX_WAITING)]
        late = enqueued(message_id="late", sent_at=MAX_WAITING)
        await parts.store(*waiting)

        assert await parts.store(late) == (LEFT_OUT,)
        assert await parts.store(late) == (LEFT_OUT,)

        assert await parts.heard_at(ANA) == MAX_WAITING
        assert await parts.published() == [f"m{number}" for number in range(MAX_WAITING)]

    async def test_an_older_message_does_not_turn_back_the_time(self, parts: Parts) -> None:
        """Channels deliver in any order."""
        await parts.store(enqueued(sent_at=20), enqueued(sent_at=30, person=BOB))
        await parts.store(enqueued(sent_at=10), enqueued(sent_at=30, person=BOB))

        assert [await parts.heard_at(person) for person in (ANA, BOB)] == [20, 30]

    async def test_nothing_to_store_is_no_error(self, parts: Parts) -> None:
        """A webhook may hold statuses alone."""
        assert await parts.store() == ()


class AssumedPeopleContract:
    """For an intake that verifies people while it stores."""

    @pytest.mark.parametrize(
        "person",
        [
            ANA,
            named(),
            named(parent_id="US.ENT.1"),
            named(phone=None),
            named(phone=None, parent_id="US.ENT.1"),
            named(user_id=None, parent_id="US.ENT.1"),
        ],
    )
    async def test_a_new_person_is_stored_with_their_names(self, parts: Parts, person: Person) -> None:
        """From then on, every name leads to them, and they are verified as long as they keep their names."""
        answers = [await parts.store(enqueued(person=person, sent_at=at), assumed=True) for at in (10, 20)]

        assert answers == [(NEW,), (NEW,)]
        assert await parts.heard_at(person) == 20
        for alias in person.aliases:
            name = {alias.kind.value: alias.value}
            assert await parts.id_of(Person(**name), at=30) == person.key  # type: ignore[arg-type]

    async def test_each_name_of_a_person_is_verified(self, parts: Parts) -> None:
        """Also a username that they changed between two messages of one webhook."""
        people = [Person(user_id="US.1", username=username) for username in ("ana", "ana_b")]

        try:
            await parts.store(*(enqueued(person=person, sent_at=10) for person in people), assumed=True)
        except UnverifiedPersonError:
            for person in people:
                await parts.id_of(person, at=10)

        found = await parts.directory.find(channel="whatsapp", alias=Alias(AliasKind.USERNAME, "ana_b"))
        assert found == "US.1"

    async def test_the_names_of_a_new_person_are_stored_as_the_directory_does(self, parts: Parts) -> None:
        """Also who had the number since when: a message of an earlier owner does not move it."""
        await parts.store(enqueued(person=named(), sent_at=30), enqueued(person=named(), sent_at=10), assumed=True)

        assert await parts.id_of(named(user_id="US.2"), at=5) == "US.2"
        assert await parts.id_of(named(user_id="US.3"), at=40) == f"{ANA.phone}~2"

    async def test_several_people_are_verified_together(self, parts: Parts) -> None:
        """One of them with messages in any order."""
        ana, bob = named(), named(phone=BOB.phone, user_id="US.2")
        messages = [
            enqueued(person=ana, sent_at=30),
            enqueued(person=bob, sent_at=20),
            enqueued(person=ana, sent_at=10),
        ]

        assert await parts.store(*messages, assumed=True) == (NEW, NEW, NEW)
        assert [await parts.heard_at(person) for person in (ana, bob)] == [30, 20]

    @pytest.mark.parametrize(
        "known",
        [
            [named(phone=None)],  # the id is the user id
            [named(user_id="US.2")],  # the number is somebody else's
            [named(phone=BOB.phone)],  # the person has another number
        ],
    )
    async def test_who_has_another_id_is_not_stored(self, parts: Parts, known: Sequence[Person]) -> None:
        """Nor is anything else in the call."""
        for at, person in enumerate(known):
            await parts.id_of(person, at=at)

        with pytest.raises(UnverifiedPersonError):
            await parts.store(
                enqueued(person=BOB, message_id="b"), enqueued(person=named(), message_id="a"), assumed=True
            )

        assert await parts.heard_at(BOB) is None
        assert await parts.published() == []
        assert await parts.store(enqueued(person=BOB, message_id="b")) == (NEW,)

    async def test_a_number_that_was_given_up_is_not_assumed(self, parts: Parts) -> None:
        """Its next owner is another person."""
        change = IdentityChange(channel="whatsapp", known=aliases(ANA.key), new=aliases(BOB.key), at=10)
        await parts.directory.change(change=change)

        for person in (ANA, BOB):
            with pytest.raises(UnverifiedPersonError):
                await parts.store(enqueued(person=person, sent_at=20), assumed=True)
