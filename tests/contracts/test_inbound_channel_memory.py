"""The memory channel keeps the contract."""

import json

import pytest

from adapters.channel_kit.contracts.inbound_channel import (
    Call,
    HandshakeContract,
    InboundChannelContract,
    WrittenMessage,
)
from adapters.memory.inbound import TOKEN_HEADER, MemoryInbound
from domain.people.person import Person

TOKEN = "test-token"


class MemoryFarSide:
    channel = MemoryInbound(channel="memory", token=TOKEN)

    def calls(self, *items: object) -> list[Call]:
        written = [
            {"id": item.id, "user": item.user, "text": item.text, "sent_at": item.at}
            if isinstance(item, WrittenMessage)
            else item
            for item in items
        ]
        return [({TOKEN_HEADER: TOKEN}, json.dumps(written).encode())]

    def id_of(self, written: WrittenMessage) -> str:
        return written.id

    def handshake(self, challenge: str) -> dict[str, str]:
        return {"token": TOKEN, "challenge": challenge}

    def forged_handshakes(self) -> list[dict[str, str]]:
        return [{"token": "wrong", "challenge": "1"}]

    def forged_headers(self, body: bytes) -> list[dict[str, str]]:
        return [{TOKEN_HEADER: "wrong"}, {TOKEN_HEADER: "tökén"}, {TOKEN_HEADER: ""}]

    def written_names(self) -> dict[str, Person]:
        return {"7": Person(user_id="7"), "+1 555": Person(user_id="+1 555")}

    def impossible_headers(self) -> list[dict[str, str]]:
        return self.forged_headers(b"")


class TestMemoryInbound(InboundChannelContract, HandshakeContract):
    @pytest.fixture
    def far_side(self) -> MemoryFarSide:
        return MemoryFarSide()
