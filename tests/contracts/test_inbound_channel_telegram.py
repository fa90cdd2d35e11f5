"""The Telegram channel keeps the contract."""

import pytest

from adapters.channel_kit.contracts.inbound_channel import Call, InboundChannelContract, WrittenMessage
from adapters.telegram.inbound import SECRET_HEADER, TelegramInbound
from domain.people.person import Person
from support.telegram import SECRET, message, update


class TelegramFarSide:
    channel = TelegramInbound(channel="telegram", secret_tokens=("an-older-token", SECRET))

    def calls(self, *items: object) -> list[Call]:
        bodies = [update(message=self._item(item)) for item in items] or [update()]
        return [({SECRET_HEADER: SECRET}, body) for body in bodies]

    def _item(self, item: object) -> object:
        if not isinstance(item, WrittenMessage):
            return item
        return message(number=int(item.id[2:]), user=int(item.user), at=item.at, text=item.text)

    def id_of(self, written: WrittenMessage) -> str:
        return f"{written.user}.{written.id[2:]}"

    def forged_headers(self, body: bytes) -> list[dict[str, str]]:
        return [{SECRET_HEADER: value} for value in ("", "wrong", SECRET[:-1], f"{SECRET} ", "tökén", "\ud800")]

    def written_names(self) -> dict[str, Person]:
        return {
            "15550002222": Person(user_id="15550002222"),
            "+1 555 000-2222": Person(phone="15550002222", phone_is_shared=True),
            "@ana_soto": Person(username="ana_soto"),
            "@": Person(user_id="@"),
        }

    def impossible_headers(self) -> list[dict[str, str]]:
        return self.forged_headers(b"")


class TestTelegramInbound(InboundChannelContract):
    @pytest.fixture
    def far_side(self) -> TelegramFarSide:
        return TelegramFarSide()

    def test_an_empty_secret_token_never_matches(self) -> None:
        """Anybody could send it."""
        inbound = TelegramInbound(channel="telegram", secret_tokens=("",))

        with pytest.raises(Exception, match="secret token"):
            inbound.verify_headers(headers={SECRET_HEADER: ""})
