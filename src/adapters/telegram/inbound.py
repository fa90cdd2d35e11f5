"""Receives Telegram's webhooks: the secret token, and the update.

Source: Telegram, "Bot API" 10.1 (June 2026), "setWebhook" and "Update". One call brings one update.
"""

import hmac
from collections.abc import Mapping

from attrs import field, frozen

from adapters.channel_kit.json_body import decode
from adapters.telegram.reader import UpdateReader
from application.ports.inbound_channel import ForgedWebhookError, ParsedWebhook
from domain.people.person import Person, phone_number

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header


@frozen(kw_only=True)
class TelegramInbound:
    """The webhook of one bot. Any of `secret_tokens` makes a call genuine, so that it can be replaced."""

    channel: str
    secret_tokens: tuple[str, ...] = field(repr=False)

    def challenge(self, *, query: Mapping[str, str]) -> str:  # noqa: ARG002
        raise ForgedWebhookError("Telegram has no handshake")

    def verify_headers(self, *, headers: Mapping[str, str]) -> None:
        given = headers.get(SECRET_HEADER, "").encode("utf-8", "surrogatepass")
        # Every token is tried, also after a match: the time must not tell which one it was.
        matches = [hmac.compare_digest(given, token.encode()) for token in self.secret_tokens if token.strip()]
        if not any(matches):
            raise ForgedWebhookError("the secret token is missing or wrong")

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:  # noqa: ARG002
        self.verify_headers(headers=headers)
        return frozenset({self.channel})

    def person(self, *, text: str) -> Person:
        """A username after "@", a shared phone number after "+", else a user id."""
        if text.startswith("@") and text != "@":
            return Person(username=text.removeprefix("@"))
        phone = phone_number(text) if text.startswith("+") else None
        return Person(phone=phone, phone_is_shared=True) if phone else Person(user_id=text)

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        event = UpdateReader(channel=self.channel, arrived_at=arrived_at).event(decode(body))
        return ParsedWebhook(events=(event,))
