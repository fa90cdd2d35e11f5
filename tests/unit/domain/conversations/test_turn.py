"""A turn: the messages that are answered together."""

from attrs import evolve, fields

from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.outbound import TextPart
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


def test_a_step_changes_only_what_it_is_about() -> None:
    """What failed is counted anew. Everything else that is known of the turn stays."""
    turn = Turn(
        id="7-0",
        conversation=Conversation(channel="whatsapp", user=ANA.key),
        messages=(message(),),
        reply=Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="one"), TextPart(body="two"))),
        sent=("sent-1",),
        attempts=2,
        retries=3,
        deliveries=4,
        confirmation_waits=1,
        unconfirmed_attempts=1,
        error="throttled",
        to=ANA,
        agent="sales",
        trace="00-1-2-01",
    )
    counted_anew = {"attempts": 0, "confirmation_waits": 0, "unconfirmed_attempts": 0}
    other = Reply(outcome=Outcome.FAILED)

    assert all(getattr(turn, field.name) != field.default for field in fields(Turn))
    assert turn.with_sent("sent-2") == evolve(turn, sent=("sent-1", "sent-2"), **counted_anew)
    assert turn.with_reply(other) == evolve(turn, reply=other, deliveries=1, **counted_anew)


def test_each_part_has_a_reference_of_its_own() -> None:
    """It holds the turn, the part and the conversation."""
    turn = Turn(id="7-0", conversation=Conversation(channel="whatsapp", user=ANA.key), messages=(message(),))

    assert [str(turn.reference(part)) for part in range(2)] == [
        "7-0/0/whatsapp:15550002222",
        "7-0/1/whatsapp:15550002222",
    ]
