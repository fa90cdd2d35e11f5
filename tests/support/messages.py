"""Messages as the domain knows them."""

import itertools

from application.ports.mailbox import Post
from domain.conversations import Conversation, Person
from domain.debounce import IMMEDIATE, Debounce
from domain.messages import InboundMessage, Text

ANA = Person(phone="15550002222", name="Ana")
BOB = Person(phone="15550003333", name="Bob")
_ids = itertools.count(1)


def message(
    body: str = "hello",
    *,
    message_id: str | None = None,
    person: Person = ANA,
    channel: str = "whatsapp",
    sent_at: float = 1_750_000_000.0,
    arrived_at: float = 1_750_000_001.0,
) -> InboundMessage:
    return InboundMessage(
        id=f"wamid.{next(_ids)}" if message_id is None else message_id,
        conversation=Conversation(channel=channel, user=person.key),
        person=person,
        content=Text(body=body),
        sent_at=sent_at,
        arrived_at=arrived_at,
    )


def post(body: str = "hello", *, debounce: Debounce = IMMEDIATE, **rest: object) -> Post:
    return Post(message=message(body, **rest), debounce=debounce)  # type: ignore[arg-type]
