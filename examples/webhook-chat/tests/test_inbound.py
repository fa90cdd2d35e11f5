"""The webhooks of the chat."""

import json

import pytest

from adapters.channel_kit.contracts.inbound_channel import Call, InboundChannelContract, WrittenMessage
from chat import SECRET
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import InboundMessage, Tap, Unrecognised, Unsupported
from domain.messages.shared_values import Choice
from domain.people.person import Person
from webhook_chat.inbound import WebhookChatInbound
from webhook_chat.signature import HEADER, sign

CHANNEL = WebhookChatInbound(channel="chat", secret=SECRET)
ANA = {"id": "m.1", "user": "u-1", "name": "Ana", "at": 1_750_000_000}


class WebhookChatFarSide:
    channel = CHANNEL

    def calls(self, *items: object) -> list[Call]:
        messages = [
            {"id": item.id, "user": item.user, "text": item.text, "at": item.at}
            if isinstance(item, WrittenMessage)
            else item
            for item in items
        ]
        body = json.dumps({"messages": messages}).encode()
        return [({HEADER: sign(SECRET, body)}, body)]

    def id_of(self, written: WrittenMessage) -> str:
        return written.id

    def written_names(self) -> dict[str, Person]:
        return {name: Person(user_id=name) for name in ("ana", "7", "+1 555")}

    def forged_headers(self, body: bytes) -> list[dict[str, str]]:
        return [{HEADER: sign("another", body)}, {HEADER: sign(SECRET, body + b" ")}, {HEADER: ""}]

    def impossible_headers(self) -> list[dict[str, str]]:
        return [{HEADER: value} for value in ("", "sha256=", "0" * 64, "sha256=" + "g" * 64, "sha1=" + "0" * 64)]


class TestWebhookChatInbound(InboundChannelContract):
    @pytest.fixture
    def far_side(self) -> WebhookChatFarSide:
        return WebhookChatFarSide()


def parse(**body: object) -> object:
    """The only event of a webhook."""
    (event,) = CHANNEL.parse(body=json.dumps(body).encode(), arrived_at=0).events
    return event


def test_a_tap_is_the_choice() -> None:
    event = parse(messages=[{**ANA, "choice": {"id": "s", "title": "Small"}}])

    assert isinstance(event, InboundMessage)
    assert event.content == Tap(choice=Choice(id="s", title="Small"))
    assert event.person.name == "Ana"


def test_a_message_without_text_is_not_lost() -> None:
    """The person learns that it cannot be read."""
    event = parse(messages=[{**ANA, "sticker": "cat"}])

    assert isinstance(event, InboundMessage)
    assert event.content == Unsupported(kind="message without text")


def test_a_status_confirms_a_send() -> None:
    event = parse(statuses=[{"id": "sent-1", "status": "delivered", "at": 1_750_000_000, "reference": "t/0/chat:u-1"}])

    assert event == StatusUpdate(
        channel="chat",
        message_id="sent-1",
        status=DeliveryStatus.DELIVERED,
        at=1_750_000_000,
        reference="t/0/chat:u-1",
    )


def test_an_unknown_status_is_an_event() -> None:
    event = parse(statuses=[{"id": "sent-1", "status": "forwarded", "at": 1_750_000_000}])

    assert isinstance(event, Unrecognised)
    assert event.kind == "status:forwarded"
