"""Messages of the domain."""

import itertools

from attrs import evolve

from application.ports.inbox import EnqueuedMessage
from domain.messages.inbound import InboundMessage, Text, Unsupported
from domain.people.person import Conversation, Person
from domain.policies.debounce import IMMEDIATE, Debounce

ANA = Person(phone="15550002222", name="Ana")
BOB = Person(phone="15550003333", name="Bob")
# A person in Spain without a display name.
MARIA = Person(phone="34600123456")
# The conversation of Ana's messages by default.
CONVERSATION = Conversation(channel="whatsapp", user=ANA.key)
_ids = itertools.count(1)


def message(
    body: str = "hello",
    *,
    message_id: str | None = None,
    person: Person = ANA,
    channel: str = "whatsapp",
    sent_at: float = 1_750_000_000.0,
    arrived_at: float = 1_750_000_001.0,
    sequence: int = 0,
    trace: str = "",
) -> InboundMessage:
    return InboundMessage(
        id=f"wamid.{next(_ids)}" if message_id is None else message_id,
        conversation=Conversation(channel=channel, user=person.key),
        person=person,
        content=Text(body=body),
        sent_at=sent_at,
        arrived_at=arrived_at,
        sequence=sequence,
        trace=trace,
    )


def poll(*, person: Person = ANA) -> InboundMessage:
    """A message of a kind that cannot be read."""
    return evolve(message(person=person), content=Unsupported(kind="poll_creation"))


def enqueued(body: str = "hello", *, debounce: Debounce = IMMEDIATE, **rest: object) -> EnqueuedMessage:
    return EnqueuedMessage(message=message(body, **rest), debounce=debounce)  # type: ignore[arg-type]
