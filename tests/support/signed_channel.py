"""The channel of the web application's tests: its webhooks are signed lists of message ids."""

import json
from collections.abc import Mapping

from adapters.memory.messenger import MemoryMessenger
from application.channels import Channel
from application.ports.inbound_channel import ForgedWebhookError, MalformedWebhookError, ParsedWebhook, WebhookAnswer
from domain.messages.inbound import InboundMessage, Unrecognised
from domain.people.person import Person, phone_number
from support import messages
from support.texts import TEXTS

SIGNATURE = "not-a-real-signature"
SIGNED = {"X-Test-Signature": SIGNATURE}
WEBHOOK = "/v1/channels/whatsapp/webhook"
WRITER = Person(phone="15550001111", name="Ana")


class SignedChannel:
    """Reads JSON lists of message ids, signed with a fixed header. A number in the list is an unknown item.

    An object in place of the list gets an answer of its own. `called` are the addresses of the calls.
    """

    def __init__(self) -> None:
        self.called: list[str] = []

    def challenge(self, *, query: Mapping[str, str]) -> str:
        if query.get("hub.verify_token") != "not-a-real-token":
            raise ForgedWebhookError
        return query["hub.challenge"]

    def verify_headers(self, *, headers: Mapping[str, str]) -> None:
        if "x-test-signature" not in headers:
            raise ForgedWebhookError

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:
        self.called.append(url)
        if headers.get("x-test-signature") != SIGNATURE:
            raise ForgedWebhookError
        return frozenset({"whatsapp"})

    def person(self, *, text: str) -> Person:
        phone = phone_number(text)
        return Person(phone=phone) if phone else Person(user_id=text)

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        try:
            items = json.loads(body)
        except ValueError as error:
            raise MalformedWebhookError from error
        if isinstance(items, dict):
            return ParsedWebhook(answer=WebhookAnswer(body=b"<ok/>", media_type="text/xml"))
        events = (
            message(item, at=arrived_at) if isinstance(item, str) else Unrecognised(channel="whatsapp", kind="number")
            for item in items
        )
        return ParsedWebhook(events=tuple(events))


def whatsapp() -> Channel:
    return Channel(
        name="whatsapp", inbound=SignedChannel(), messenger=MemoryMessenger(), agent="assistant", texts=TEXTS
    )


def message(message_id: str = "wamid.1", *, at: float = 1_800_000_000.0) -> InboundMessage:
    """A message of that id, as the channel reads it."""
    return messages.message(message_id=message_id, person=WRITER, sent_at=at, arrived_at=at)
