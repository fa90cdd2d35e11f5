"""People whom the channel knows by another form of the number than operators write."""

import pytest

from application.operating.initiate_message import Initiated
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.reply import PartReference
from domain.messages.outbound import TemplatePart
from domain.people.person import Conversation, Person
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.events_channel import receive
from support.messages import message
from support.turns import answer_once
from support.watched_ports import WatchedMessenger

WRITTEN = Person(phone="5511987654321")
REACHED = Person(phone="551187654321")
HELLO = TemplatePart(name="hello", language="pt_BR")


def conversation_of(person: Person) -> Conversation:
    return Conversation(channel="whatsapp", user=person.key)


async def write_first(answering: Answering, *, key: str = "a") -> Initiated:
    """Send a template to the number as an operator writes it."""
    initiated = await answering.initiate(channel="whatsapp", to=WRITTEN, parts=[HELLO], key=key)
    await answer_once(answering)
    return initiated


def reached(answering: Answering, initiated: Initiated, **more: object) -> StatusUpdate:
    """A status of the channel that says who got the message."""
    reference = PartReference(conversation=initiated.conversation, turn_id=initiated.turn_id, part=0)
    fields: dict[str, object] = {"status": DeliveryStatus.SENT, "to": REACHED, **more}
    return StatusUpdate(
        channel="whatsapp",
        message_id="sent-1",
        at=answering.clock.now(),
        reference=str(reference),
        **fields,  # type: ignore[arg-type]
    )


async def found(answering: Answering, person: Person) -> str | None:
    return await answering.directory.find(channel="whatsapp", alias=person.main_alias)


@pytest.mark.parametrize("user_id", ["BR.13491208655302741918", None])
async def test_the_answer_comes_in_the_conversation_of_the_message(user_id: str | None) -> None:
    """The agent reads what was written to them."""
    answering = Answering()
    initiated = await write_first(answering)

    await receive(answering, reached(answering, initiated))
    answers = Person(phone=REACHED.phone, user_id=user_id)
    await receive(answering, message("Who is this?", person=answers, sent_at=answering.clock.now() + 5))
    await answer_once(answering)

    (call,) = answering.agent.calls
    assert call.session_id == WRITTEN.phone
    assert call.query == "[we wrote: \\[template hello\\]]\nWho is this?"
    assert answering.messenger.sent[-1].to == answers


async def test_a_known_person_is_written_to_in_their_conversation() -> None:
    """Each time. A repeated first request sends nothing."""
    answering = Answering()
    await receive(answering, message("Hi", person=REACHED, sent_at=answering.clock.now() - 60))
    await answer_once(answering)
    first = await write_first(answering)

    await receive(answering, reached(answering, first))
    again = await answering.initiate(channel="whatsapp", to=WRITTEN, parts=[HELLO], key="a")
    second = await write_first(answering, key="b")

    assert (again.turn_id, again.new) == (first.turn_id, False)
    assert (second.conversation, second.new) == (conversation_of(REACHED), True)
    assert len(answering.messenger.sent) == 3


async def test_two_people_who_have_both_written_stay_apart() -> None:
    """Neither gets the conversation of the other."""
    answering = Answering()
    for person in (WRITTEN, REACHED):
        await receive(answering, message("Hi", person=person, sent_at=answering.clock.now() - 60))
        await answer_once(answering)

    await receive(answering, reached(answering, await write_first(answering)))

    assert [await found(answering, person) for person in (WRITTEN, REACHED)] == [WRITTEN.phone, REACHED.phone]


@pytest.mark.parametrize(
    "more",
    [{"status": DeliveryStatus.FAILED, "failure": SendFailure.FINAL}, {"to": None}],
    ids=["failed", "unnamed"],
)
async def test_a_status_without_a_recipient_joins_nobody(more: dict[str, object]) -> None:
    """Whatever else it says."""
    answering = Answering()

    await receive(answering, reached(answering, await write_first(answering), **more))

    assert [await found(answering, person) for person in (WRITTEN, REACHED)] == [WRITTEN.phone, REACHED.phone]


async def test_a_late_status_takes_no_number_away() -> None:
    """It names the owner at the time of the send, not of today."""
    answering = Answering()
    initiated = await write_first(answering)
    late = reached(answering, initiated)
    answering.clock.advance(3600)
    new_owner = Person(phone=REACHED.phone, user_id="BR.20837465019283746501")
    await receive(answering, message("Hi", person=new_owner, sent_at=answering.clock.now()))

    await receive(answering, late)

    assert [await found(answering, person) for person in (WRITTEN, REACHED)] == [WRITTEN.phone, REACHED.phone]


# In the channel each of these numbers has one digit more, or fewer, than an operator writes.
WRITINGS = [("5511987654321", "551187654321"), ("541123456789", "5491123456789"), ("5215512345678", "525512345678")]


@pytest.mark.parametrize(("written", "known"), [*WRITINGS, *(pair[::-1] for pair in WRITINGS)])
async def test_a_person_who_has_written_is_found_by_both_forms(written: str, known: str) -> None:
    """An operator's first message goes into their conversation."""
    answering = Answering()
    await receive(answering, message("Hi", person=Person(phone=known), sent_at=answering.clock.now() - 60))
    await answer_once(answering)

    initiated = await answering.initiate(channel="whatsapp", to=Person(phone=written), parts=[HELLO], key="a")

    assert initiated.conversation.user == known


@pytest.mark.parametrize("written", ["541123456789", "5215512345678", "15550002222"])
async def test_a_number_that_never_wrote_is_its_own_person(written: str) -> None:
    """Its other form, if there is one, belongs to nobody yet."""
    answering = Answering()

    initiated = await answering.initiate(channel="whatsapp", to=Person(phone=written), parts=[HELLO], key="a")

    assert initiated.conversation.user == written


async def test_two_people_with_both_forms_are_written_to_separately() -> None:
    """Neither gets the messages for the other."""
    answering = Answering()
    for person in (WRITTEN, REACHED):
        await receive(answering, message("Hi", person=person, sent_at=answering.clock.now() - 60))
        await answer_once(answering)

    assert (await write_first(answering)).conversation == conversation_of(WRITTEN)


@pytest.mark.parametrize(("written", "known"), WRITINGS)
async def test_the_form_that_the_channel_chose_is_learned_from_the_send(written: str, known: str) -> None:
    """Not only from a status: the person may answer before it arrives."""
    answering = Answering(messenger=WatchedMessenger(knows_as={written: known}))
    await answering.initiate(channel="whatsapp", to=Person(phone=written), parts=[HELLO], key="a")
    await answer_once(answering)

    answers = Person(phone=known, user_id="XX.13491208655302741918")
    await receive(answering, message("Who is this?", person=answers, sent_at=answering.clock.now() + 5))
    await answer_once(answering)

    (call,) = answering.agent.calls
    assert call.session_id == written


async def test_an_answer_to_a_message_teaches_no_number() -> None:
    """It goes to the number that the person wrote from."""
    answering = Answering(messenger=WatchedMessenger(knows_as={str(REACHED.phone): str(WRITTEN.phone)}))
    await receive(answering, message("Hi", person=REACHED, sent_at=answering.clock.now()))

    await answer_once(answering)

    assert await found(answering, WRITTEN) == WRITTEN.phone
