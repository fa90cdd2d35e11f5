"""A turn: the messages that are answered together."""

from domain.conversations.turn import Turn
from domain.people.person import Conversation, Person
from support.messages import ANA, message


def test_the_latest_message_names_the_person() -> None:
    """A person may change their names within a turn."""
    renamed = Person(phone=ANA.phone, user_id="US.1", name="Ana Maria")
    turn = Turn(
        id="7-0",
        conversation=Conversation(channel="whatsapp", user=ANA.key),
        messages=(message(person=ANA), message(person=renamed)),
    )

    assert turn.person == renamed


def test_each_part_has_a_reference_of_its_own() -> None:
    """It holds the turn, the part and the conversation."""
    turn = Turn(id="7-0", conversation=Conversation(channel="whatsapp", user=ANA.key), messages=(message(),))

    assert [str(turn.reference(part)) for part in range(2)] == [
        "7-0/0/whatsapp:15550002222",
        "7-0/1/whatsapp:15550002222",
    ]
