"""One person on two channels: two people to the agent, until something proves that they are one."""

import asyncio

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from application.channels import Channels
from application.joining.join_people import CannotJoinError
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.inbound import shared_phone
from domain.people.person import Conversation, Person, id_of
from entrypoints.bootstrap.use_cases import UseCases
from support.answering import Answering
from support.messages import ANA, CONVERSATION, enqueued, message

ON_TELEGRAM = Conversation(channel="telegram", user="4711")
AT_TELEGRAM = Person(user_id="4711", name="Ana")
SHARES = evolve(AT_TELEGRAM, phone=ANA.phone, phone_is_shared=True)


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
def cases(answering: Answering) -> UseCases:
    """WhatsApp, and a channel that knows people by a user id."""
    return with_channels(answering)


def with_channels(answering: Answering, *, link_by_phone: bool = False) -> UseCases:
    telegram = evolve(answering.channel, name="telegram", session_id="{channel}:{user}", link_by_phone=link_by_phone)
    web = evolve(telegram, name="web")
    return evolve(answering.use_cases, channels=Channels.of([answering.channel, telegram, web]))


async def heard(answering: Answering, *conversations: Conversation) -> None:
    for conversation in conversations:
        await answering.states.change(conversation=conversation, heard_at=1.0)


async def write(answering: Answering, cases: UseCases, body: str, *, person: Person = ANA) -> Outcome:
    """One message, and what became of its turn at the first try."""
    channel = "whatsapp" if person == ANA else "telegram"
    await answering.accept(enqueued(body, person=person, channel=channel))
    return await once(answering, cases)


async def once(answering: Answering, cases: UseCases) -> Outcome:
    return await cases.answer(lease=answering.lease(await answering.claim()))


def sessions(answering: Answering) -> list[str]:
    return [call.session_id for call in answering.agent.calls]


class TestOneSession:
    async def test_the_agent_goes_on_and_answers_go_where_the_message_came_from(
        self, answering: Answering, cases: UseCases
    ) -> None:
        """Until they are joined, they are two people."""
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        await write(answering, cases, "one")
        await write(answering, cases, "two", person=AT_TELEGRAM)
        await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")

        await write(answering, cases, "three", person=AT_TELEGRAM)
        await write(answering, cases, "four")

        assert sessions(answering) == ["15550002222", "telegram:4711", "15550002222", "15550002222"]
        assert answering.messenger.sent_texts_to(AT_TELEGRAM) == ["You said: two", "You said: three"]
        assert answering.messenger.sent_texts_to(ANA) == ["You said: one", "You said: four"]

    async def test_a_new_session_is_new_on_both_channels(self, answering: Answering, cases: UseCases) -> None:
        """Whoever of them asks for it, and how often."""
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        await write(answering, cases, "/new")
        await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")

        for body, person in (("a", AT_TELEGRAM), ("/new", AT_TELEGRAM), ("b", ANA), ("/new", ANA), ("c", AT_TELEGRAM)):
            await write(answering, cases, body, person=person)

        assert sessions(answering) == [f"15550002222~new{number}" for number in (1, 2, 3)]

    async def test_who_is_separated_has_the_own_session_again(self, answering: Answering, cases: UseCases) -> None:
        """The one whose session it is cannot leave it."""
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")

        with pytest.raises(CannotJoinError, match="separate those"):
            await cases.join.separate(conversation=CONVERSATION)
        await cases.join.separate(conversation=ON_TELEGRAM)
        await write(answering, cases, "hello", person=AT_TELEGRAM)

        assert sessions(answering) == ["telegram:4711"]

    async def test_to_forget_them_is_to_forget_the_shared_session(self, answering: Answering, cases: UseCases) -> None:
        """And what was said before they were joined."""
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")

        sessions = await cases.forget_sessions.sessions_of(conversation=ON_TELEGRAM)

        assert {session.session_id for session in sessions} == {"telegram:4711", "15550002222"}


class TestOneTurnAtATime:
    async def test_a_turn_waits_for_the_one_on_the_other_channel(self, answering: Answering, cases: UseCases) -> None:
        """The agent would read and write one memory twice at the same time. Nothing is lost, and no try is counted."""
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        session = await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")
        await answering.shared_sessions.hold(session=session, turn="another", number=0, seconds=60)

        outcomes = [await write(answering, cases, "hello", person=AT_TELEGRAM), await once(answering, cases)]
        ran = len(answering.agent.calls)
        await answering.shared_sessions.release(session=session, turn="another", number=0)
        outcomes.append(await once(answering, cases))

        assert ran == 0
        assert outcomes == [Outcome.DEFERRED, Outcome.DEFERRED, Outcome.ANSWERED]

    async def test_the_turn_of_a_worker_that_died_goes_on_at_once(self, answering: Answering, cases: UseCases) -> None:
        """It has the session still. The other channel goes on after it."""
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        session = await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")
        await answering.accept(enqueued("hello", person=AT_TELEGRAM, channel="telegram"))
        claim = await answering.claim()
        turn = (await answering.mailbox.mailbox.begin(claim=claim)).turn
        await answering.shared_sessions.hold(session=session, turn=f"{ON_TELEGRAM}/{turn.id}", number=0, seconds=60)

        outcome = await cases.answer(lease=answering.lease(claim))

        assert (outcome, await write(answering, cases, "me too")) == (Outcome.ANSWERED, Outcome.ANSWERED)

    async def test_who_is_not_joined_asks_for_no_session(self, answering: Answering, cases: UseCases) -> None:
        """It would cost a trip to the store."""
        await write(answering, cases, "hello")

        assert answering.shared_sessions == evolve(answering).shared_sessions
        assert not answering.shared_sessions._numbers


class TestJoining:
    @pytest.mark.parametrize(
        ("conversation", "to", "words"),
        [
            (Conversation(channel="whatsapp", user="1"), CONVERSATION, "on the same channel"),
            (Conversation(channel="telegram", user="silent"), CONVERSATION, "must have written"),
            (ON_TELEGRAM, Conversation(channel="whatsapp", user="silent"), "must have written"),
            (ON_TELEGRAM, Conversation(channel="web", user="other"), "joined already"),
        ],
    )
    async def test_what_cannot_be_joined(
        self, answering: Answering, cases: UseCases, conversation: Conversation, to: Conversation, words: str
    ) -> None:
        """Nothing changes."""
        other = Conversation(channel="web", user="other")
        await heard(answering, CONVERSATION, ON_TELEGRAM, other, Conversation(channel="whatsapp", user="1"))
        await cases.join(conversation=ON_TELEGRAM, to=CONVERSATION, why="a test")

        with pytest.raises(CannotJoinError, match=words):
            await cases.join(conversation=conversation, to=to, why="a test")

        assert (await answering.states.of(conversation=ON_TELEGRAM)).joined_session == "15550002222"
        assert (await answering.states.of(conversation=other)).joined_session == ""

    async def test_to_join_again_changes_nothing(self, answering: Answering, cases: UseCases) -> None:
        """It is seen once in the events. A third channel joins the same session."""
        other = Conversation(channel="web", user="other")
        await heard(answering, CONVERSATION, ON_TELEGRAM, other)

        for conversation, to in ((ON_TELEGRAM, CONVERSATION), (ON_TELEGRAM, CONVERSATION), (other, ON_TELEGRAM)):
            assert await cases.join(conversation=conversation, to=to, why="a test") == "15550002222"

        assert len(answering.happened[ActivityKind.IDENTITY]) == 2


class TestSharedNumber:
    async def test_a_shared_number_joins_them_where_the_setting_says_so(self, answering: Answering) -> None:
        """From the message with the number on."""
        cases = with_channels(answering, link_by_phone=True)
        await heard(answering, CONVERSATION, ON_TELEGRAM)
        await write(answering, cases, "before", person=AT_TELEGRAM)

        await write(answering, cases, "my number", person=SHARES)
        await write(answering, cases, "after", person=AT_TELEGRAM)

        assert sessions(answering) == ["telegram:4711", "15550002222", "15550002222"]

    @pytest.mark.parametrize("case", ["without the setting", "nobody has written from it", "unverified"])
    async def test_otherwise_they_stay_two(self, answering: Answering, case: str) -> None:
        """A number that nobody proves on the other side proves nothing."""
        cases = with_channels(answering, link_by_phone=case != "without the setting")
        if case == "unverified":
            channels = [evolve(channel, verifies_senders=False) for channel in cases.channels]
            cases = evolve(cases, channels=Channels.of(channels))
        await heard(answering, ON_TELEGRAM, *([] if case.startswith("nobody") else [CONVERSATION]))

        await write(answering, cases, "my number", person=SHARES)

        assert sessions(answering) == ["telegram:4711"]


def conversations_of(people: list[str]) -> dict[Conversation, str]:
    """Each person has a name on each channel; the names of two people differ, as those of a directory do."""
    return {
        Conversation(channel=channel, user=id_of(f"{name}{suffix}")): name
        for name in people
        for channel, suffix in (("whatsapp", ""), ("telegram", ":t"), ("web", "~2"))
    }


@given(
    people=st.lists(st.text("1~:%n", min_size=1, max_size=4), min_size=2, max_size=3, unique=True),
    steps=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 3)), max_size=20),
)
def test_sessions_of_two_people_never_meet(people: list[str], steps: list[tuple[int, int, int]]) -> None:
    """Whatever is joined and separated of one person, in any order, and however many new sessions they began."""

    async def play() -> dict[str, set[str]]:
        answering = Answering()
        cases, owners = with_channels(answering), conversations_of(people)
        names, met = list(owners), dict[str, set[str]]()
        await heard(answering, *names)
        for first, second, number in steps:
            one, other = names[first % len(names)], names[second % len(names)]
            try:
                if owners[one] == owners[other] and number:
                    await cases.join(conversation=one, to=other, why="a test")
                elif not number:
                    await cases.join.separate(conversation=one)
            except CannotJoinError:
                pass
            await answering.states.change(conversation=one, session=number)
            for name in names:
                state = await answering.states.of(conversation=name)
                met.setdefault(cases.channels[name.channel].session_of(name, state), set()).add(owners[name])
        return met

    for session, owners in asyncio.run(play()).items():
        assert len(owners) == 1, session


def test_a_message_shares_the_number_that_the_channel_proved() -> None:
    """A number by which the channel knows people anyway is not shared."""
    messages = [message(person=person) for person in (ANA, AT_TELEGRAM)]

    assert shared_phone(messages) is None
    assert shared_phone([message(person=SHARES), *messages]) == ANA.phone
