"""People whose number or user id changes."""

from adapters.memory.clock import FakeClock
from domain.conversations.activity import ActivityKind
from domain.conversations.state import ConversationState
from domain.people.aliases import IdentityChange
from domain.people.person import Conversation, Person
from support.aliases import aliases
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA, message
from support.turns import answer_once

NOW = FakeClock().now()
CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))
MOVED = Person(phone="15550009999")
HIDDEN = Person(user_id="US.13491208655302741918")


def changed(before: Person, after: Person, *, at: float) -> IdentityChange:
    known, new = aliases(str(before.phone)), aliases(str(after.phone))
    return IdentityChange(channel="whatsapp", known=known, new=new, at=at, description="changed")


async def state_of(answering: Answering, conversation: Conversation = CONVERSATION) -> ConversationState:
    return await answering.states.of(conversation=conversation)


async def test_a_change_of_number_keeps_the_conversation_and_its_session() -> None:
    """The notice and the first message from the new number may come together."""
    answering = Answering()
    await receive(answering, message("hello"))
    await answer_once(answering)
    moved = changed(ANA, MOVED, at=1_750_000_010)

    await receive(answering, message("it is me", person=MOVED, sent_at=1_750_000_010), moved)
    await answer_once(answering)

    assert [call.session_id for call in answering.agent.calls] == [ANA.phone, ANA.phone]
    assert [sent.to.phone for sent in answering.messenger.sent] == [ANA.phone, MOVED.phone]
    assert answering.happened[ActivityKind.IDENTITY] == [{"detail": "changed"}]


async def test_messages_from_before_the_move_belong_to_the_person() -> None:
    """Although they come in the same webhook as the notice."""
    answering = Answering()
    before = message("I am about to move", sent_at=1_750_000_005)
    after = message("I have moved", person=MOVED, sent_at=1_750_000_015)

    await receive(answering, after, changed(ANA, MOVED, at=1_750_000_010), before)
    await answer_once(answering)

    (call,) = answering.agent.calls
    assert (call.session_id, call.query) == (ANA.phone, "I am about to move\nI have moved")


async def test_a_person_who_hides_their_number_stays_the_same() -> None:
    """After both names were seen together once, each of them is enough."""
    answering = Answering()
    both = Person(phone=ANA.phone, user_id=HIDDEN.user_id)
    await receive(answering, message("one", person=both))
    await answer_once(answering)

    await receive(answering, message("two", person=HIDDEN))
    await answer_once(answering)

    assert {call.session_id for call in answering.agent.calls} == {ANA.phone}
    assert answering.messenger.sent[1].to == HIDDEN


async def test_messages_go_to_the_new_number() -> None:
    """To the new names, from the time of the change."""
    answering = Answering()
    await receive(answering, message("hello"))

    await receive(answering, changed(ANA, MOVED, at=NOW + 10))

    state = await state_of(answering)
    assert (state.moved_to, state.moved_at) == (MOVED, NOW + 10)


async def test_of_two_notices_the_one_with_the_number_counts() -> None:
    """In either order."""
    number, old, new = str(MOVED.phone), str(HIDDEN.user_id), "US.20837465019283746501"
    both = IdentityChange(channel="whatsapp", known=aliases(old, str(ANA.phone)), new=aliases(new, number), at=NOW)
    one = IdentityChange(channel="whatsapp", known=aliases(old), new=aliases(new), at=NOW)

    for events in ((both, one), (one, both)):
        answering = Answering()
        await receive(answering, message(person=Person(phone=ANA.phone, user_id=old)))
        await receive(answering, *events)

        assert (await state_of(answering)).moved_to == Person(phone=number, user_id=new)


async def test_a_repeated_old_change_does_not_undo_a_newer_one() -> None:
    """It is delivered again after the next move."""
    answering = Answering()
    elsewhere = Person(phone="15550007777")
    await receive(answering, message("hello"), changed(ANA, MOVED, at=NOW + 10))
    await receive(answering, changed(MOVED, elsewhere, at=NOW + 20))

    await receive(answering, changed(ANA, MOVED, at=NOW + 10))

    assert (await state_of(answering)).moved_to == elsewhere
