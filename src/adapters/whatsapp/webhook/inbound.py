"""Receives WhatsApp's webhooks: the handshake, the signature, and the events.

Source: Meta, "Create a webhook endpoint" (April 2026).
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

from attrs import field, frozen

from adapters.channel_kit.json_body import decode
from adapters.whatsapp.webhook.common_reader import read_common
from adapters.whatsapp.webhook.reader import WebhookReader
from application.ports.inbound_channel import ForgedWebhookError, InboundEvent, ParsedWebhook
from domain.people.person import Person, phone_number

SIGNATURE_HEADER = "x-hub-signature-256"
SIGNATURE = re.compile("sha256=[0-9a-fA-F]{64}")
PARENT_ID = re.compile("[A-Z]{2}[.]ENT[.]")


@frozen(kw_only=True)
class WhatsAppInbound:
    """One webhook address. Several channels may share it: the business number in the body decides.

    `numbers`: phone number id -> channel name. `channel`: the channel of everything that names no number.
    `accounts`: channel name -> id of its WhatsApp Business Account, where it is known.
    `verify_tokens`: the handshake may have any of them, so that a token can be replaced.
    `app_secrets`: any of them may have signed a body, so that a secret can be replaced. Without any, signatures are not
    checked.
    `other_secrets`: the app secrets of each other channel at this address. A body speaks for a channel only when one of
    that channel's own secrets signed it. A blank secret or verify token never matches.
    """

    numbers: Mapping[str, str]
    channel: str
    verify_tokens: tuple[str, ...] = field(repr=False)
    app_secrets: tuple[str, ...] = field(default=(), repr=False)
    other_secrets: Mapping[str, tuple[str, ...]] = field(factory=dict, repr=False)
    accounts: Mapping[str, str] = field(factory=dict)

    def challenge(self, *, query: Mapping[str, str]) -> str:
        given = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
        matches = [
            hmac.compare_digest(given, token.encode("utf-8", "surrogatepass"))
            for token in self.verify_tokens
            if token.strip()
        ]
        if query.get("hub.mode") != "subscribe" or not any(matches):
            raise ForgedWebhookError("the handshake does not have a verify token of ours")
        return query.get("hub.challenge", "")

    def verify_headers(self, *, headers: Mapping[str, str]) -> None:
        if self.app_secrets and not SIGNATURE.fullmatch(headers.get(SIGNATURE_HEADER, "")):
            raise ForgedWebhookError("there is no signature")

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:  # noqa: ARG002  (Meta signs the body alone)
        if not self.app_secrets:
            return frozenset({self.channel})
        given = headers.get(SIGNATURE_HEADER, "").encode("utf-8", "surrogatepass")
        # Every secret is tried, also after a match: the time must not tell which one it was.
        signed = {
            secret
            for secret in self.app_secrets
            if secret.strip() and hmac.compare_digest(given, _signature(secret, body))
        }
        if not signed:
            raise ForgedWebhookError("the signature does not match the body")
        others = (name for name, secrets in self.other_secrets.items() if not signed.isdisjoint(secrets))
        return frozenset({self.channel, *others})

    def person(self, *, text: str) -> Person:
        """A phone number in any notation, a parent id, else a user id: none of those has digits alone."""
        if phone := phone_number(text):
            return Person(phone=phone)
        return Person(parent_id=text) if PARENT_ID.match(text) else Person(user_id=text)

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        common = read_common(body, numbers=self.numbers, arrived_at=arrived_at)
        return ParsedWebhook(events=self.read_any(body, arrived_at=arrived_at) if common is None else common)

    def read_any(self, body: bytes, *, arrived_at: float) -> tuple[InboundEvent, ...]:
        """Everything in a body of any shape, as `parse` reads it."""
        reader = WebhookReader(
            numbers=self.numbers, accounts=self.accounts, channel=self.channel, arrived_at=arrived_at
        )
        return tuple(reader.events(decode(body)))


def _signature(secret: str, body: bytes) -> bytes:
    """HMAC-SHA256 over the raw bytes: Meta escapes its JSON in ways no encoder repeats."""
    return b"sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex().encode()
