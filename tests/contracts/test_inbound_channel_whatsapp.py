"""The WhatsApp channel keeps the contract."""

import pytest

from adapters.channel_kit.contracts.inbound_channel import (
    Call,
    HandshakeContract,
    InboundChannelContract,
    WrittenMessage,
)
from adapters.whatsapp.webhook.inbound import SIGNATURE_HEADER, WhatsAppInbound
from domain.people.person import Person
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import NUMBER, sign, webhook

SECRET = "test_app_secret"
TOKEN = "test-verify-token"


class WhatsAppFarSide:
    channel = WhatsAppInbound(
        numbers={NUMBER: "whatsapp"}, channel="whatsapp", verify_tokens=(TOKEN,), app_secrets=(SECRET,)
    )

    def calls(self, *items: object) -> list[Call]:
        messages = [
            text_message(item.text, sender=item.user, wamid=item.id, at=item.at)
            if isinstance(item, WrittenMessage)
            else item
            for item in items
        ]
        body = webhook(*messages)
        return [(sign(body, SECRET), body)]

    def id_of(self, written: WrittenMessage) -> str:
        return written.id

    def handshake(self, challenge: str) -> dict[str, str]:
        return {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": challenge}

    def forged_handshakes(self) -> list[dict[str, str]]:
        genuine = self.handshake("1")
        changes = ({"hub.verify_token": "wrong"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": ""})
        return [genuine | change for change in changes]

    def forged_headers(self, body: bytes) -> list[dict[str, str]]:
        return [sign(body, "another secret"), sign(body + b" ", SECRET), {SIGNATURE_HEADER: ""}]

    def written_names(self) -> dict[str, Person]:
        ana = Person(phone="15550002222")
        numbers = ("15550002222", "+15550002222", "+1 (555) 000-2222", "1.555.000.2222")
        others = {
            "US.13491208655302741918": Person(user_id="US.13491208655302741918"),
            "US.ENT.11815799212886844830": Person(parent_id="US.ENT.11815799212886844830"),
            "15550002222~2": Person(user_id="15550002222~2"),
        }
        return dict.fromkeys(numbers, ana) | others

    def impossible_headers(self) -> list[dict[str, str]]:
        digest = "0" * 64
        values = ("", "sha256=", digest, f"sha1={digest}", f"sha256={digest[1:]}", f"sha256={digest}0")
        odd = (f"sha256={'g' * 64}", f"sha256={digest}\n", f" sha256={digest}", f"SHA256={digest}", "\u0660" * 71)
        return [{SIGNATURE_HEADER: value} for value in (*values, *odd)]


class TestWhatsAppInbound(InboundChannelContract, HandshakeContract):
    @pytest.fixture
    def far_side(self) -> WhatsAppFarSide:
        return WhatsAppFarSide()

    def test_without_a_secret_headers_are_not_checked(self) -> None:
        """Without a secret there is no signature to check."""
        unsigned = WhatsAppInbound(numbers={}, channel="whatsapp", verify_tokens=(TOKEN,))

        unsigned.verify_headers(headers={})
