"""Verifies and reads the webhooks of the chat."""

import hmac
import re
from collections.abc import Mapping

from attrs import field, frozen

from adapters.channel_kit.details import unrecognised
from adapters.channel_kit.items import read_each
from adapters.channel_kit.json_body import decode
from adapters.channel_kit.json_fields import (
    JsonObject,
    identifier,
    json_object,
    maybe_list,
    maybe_text,
    text,
    timestamp,
)
from application.ports.inbound_channel import ForgedWebhookError, InboundEvent, ParsedWebhook
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import Content, InboundMessage, Tap, Text, Unsupported
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person
from webhook_chat.signature import HEADER, sign

SIGNATURE = re.compile("sha256=[0-9a-f]{64}")


@frozen(kw_only=True)
class WebhookChatInbound:
    """The webhook of one entry of channels.yaml."""

    channel: str
    secret: str = field(repr=False)

    def challenge(self, *, query: Mapping[str, str]) -> str:  # noqa: ARG002 - the port has it
        raise ForgedWebhookError("this channel makes no handshake")

    def verify_headers(self, *, headers: Mapping[str, str]) -> None:
        if not SIGNATURE.fullmatch(headers.get(HEADER, "")):
            raise ForgedWebhookError("there is no signature")

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:  # noqa: ARG002 - not signed
        self.verify_headers(headers=headers)
        if not hmac.compare_digest(headers[HEADER], sign(self.secret, body)):
            raise ForgedWebhookError("the signature does not match the body")
        return frozenset({self.channel})

    def person(self, *, text: str) -> Person:
        return Person(user_id=text)

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        document = decode(body)
        messages, statuses = maybe_list(document.get("messages")), maybe_list(document.get("statuses"))
        return ParsedWebhook(
            events=(
                *read_each(self.channel, "message", messages, lambda item: [self._message(item, arrived_at)]),
                *read_each(self.channel, "status", statuses, lambda item: [self._status(item)]),
            )
        )

    def _message(self, item: object, arrived_at: float) -> InboundMessage:
        fields = json_object(item, "message")
        user = identifier(fields.get("user"), "user")
        return InboundMessage(
            id=identifier(fields.get("id"), "id"),
            conversation=Conversation(channel=self.channel, user=user),
            person=Person(user_id=user, name=maybe_text(fields.get("name")) or None),
            content=_content(fields),
            sent_at=timestamp(fields.get("at")),
            arrived_at=arrived_at,
        )

    def _status(self, item: object) -> InboundEvent:
        """The chat repeats our reference, so we know that a message arrived although we got no response to it."""
        fields = json_object(item, "status")
        status = identifier(fields.get("status"), "status")
        if status not in DeliveryStatus:
            return unrecognised(self.channel, "status", status)
        return StatusUpdate(
            channel=self.channel,
            message_id=identifier(fields.get("id"), "id"),
            status=DeliveryStatus(status),
            at=timestamp(fields.get("at")),
            reference=maybe_text(fields.get("reference")) or None,
        )


def _content(fields: JsonObject) -> Content:
    if "choice" in fields:
        choice = json_object(fields["choice"], "choice")
        title = identifier(choice.get("title"), "choice.title")
        return Tap(choice=Choice(id=identifier(choice.get("id"), "choice.id"), title=title))
    if "text" in fields:
        return Text(body=text(fields["text"], "text"))
    return Unsupported(kind="message without text")
