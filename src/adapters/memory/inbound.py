"""A channel of plain JSON: a list of `{"id", "user", "text", "sent_at"}`, with a token in a header.

An object `{"challenge": "..."}` in place of the list asks for that text in the answer.
"""

import hmac
import json
from collections.abc import Mapping

from attrs import field, frozen

from adapters.channel_kit.items import read_each
from adapters.channel_kit.json_fields import MalformedItemError
from application.ports.inbound_channel import (
    ForgedWebhookError,
    MalformedWebhookError,
    ParsedWebhook,
    WebhookAnswer,
)
from domain.messages.inbound import InboundMessage, Text
from domain.people.person import Conversation, Person

TOKEN_HEADER = "x-channel-token"  # noqa: S105 - the name of the header


@frozen(kw_only=True)
class MemoryInbound:
    """One channel whose webhooks a test can write by hand."""

    channel: str
    token: str = field(repr=False)

    def challenge(self, *, query: Mapping[str, str]) -> str:
        self._check(query.get("token", ""))
        return query.get("challenge", "")

    def verify_headers(self, *, headers: Mapping[str, str]) -> None:
        self._check(headers.get(TOKEN_HEADER, ""))

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:
        self._check(headers.get(TOKEN_HEADER, ""))
        return frozenset({self.channel})

    def person(self, *, text: str) -> Person:
        return Person(user_id=text)

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        try:
            items = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise MalformedWebhookError("the body is not JSON") from error
        if isinstance(items, dict) and isinstance(challenge := items.get("challenge"), str):
            return ParsedWebhook(answer=WebhookAnswer(body=challenge.encode(), media_type="text/plain"))
        if not isinstance(items, list):
            raise MalformedWebhookError("the body is not a list")
        return ParsedWebhook(
            events=tuple(read_each(self.channel, "message", items, lambda item: [self._message(item, arrived_at)]))
        )

    def _check(self, token: str) -> None:
        if not self.token or not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            raise ForgedWebhookError("the token does not match")

    def _message(self, item: object, arrived_at: float) -> InboundMessage:
        match item:
            case {"id": str(found), "user": str(user), "text": str(text), "sent_at": int() | float() as sent_at} if (
                found and user
            ):
                return InboundMessage(
                    id=found,
                    conversation=Conversation(channel=self.channel, user=user),
                    person=Person(user_id=user),
                    content=Text(body=text),
                    sent_at=sent_at,
                    arrived_at=arrived_at,
                )
        raise MalformedItemError("id, user, text, sent_at expected")
