"""The Telegram messenger keeps the contract, over a socket."""

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from attrs import frozen

from adapters.channel_kit.contracts.messenger import MessengerContract
from adapters.telegram.api import BotApi
from adapters.telegram.messenger import TelegramMessenger
from domain.people.person import Person
from domain.policies.retry import SendFailure
from entrypoints.bootstrap.http_client import make_http_client
from support.graph_server import Answer
from support.telegram import ANA, TOKEN, BotApiServer, bot_api_server, refusal

REFUSALS: dict[SendFailure, Answer] = {
    SendFailure.THROTTLED: refusal(429, "Too Many Requests: retry after 9", retry_after=9),
    SendFailure.UNKNOWN: Answer(b"<html>Bad gateway</html>", 502, "text/html"),
    SendFailure.MEDIA_REFUSED: refusal(400, "Bad Request: wrong file identifier/HTTP URL specified"),
    SendFailure.PART_REFUSED: refusal(400, "Bad Request: message is too long"),
    SendFailure.FINAL: refusal(400, "Bad Request: chat not found"),
    SendFailure.PERSON_UNREACHABLE: refusal(403, "Forbidden: bot was blocked by the user"),
    SendFailure.ACCOUNT_BLOCKED: refusal(401, "Unauthorized"),
}


@frozen
class TelegramFarSide:
    messenger: TelegramMessenger
    server: BotApiServer

    def sent_texts(self) -> list[str]:
        return [call["text"] for call in self.server.named("sendMessage")]

    def references(self) -> list[str]:
        return []

    def acknowledged(self) -> list[str]:
        return [str(call["chat_id"]) for call in self.server.named("sendChatAction")]

    def fail_next(self, failure: SendFailure) -> None:
        self.server.script.append(REFUSALS[failure])


class TestTelegramMessenger(MessengerContract):
    person: ClassVar[Person] = Person(user_id=str(ANA), name="Ana")
    reports: ClassVar[frozenset[SendFailure]] = frozenset(REFUSALS)

    @pytest.fixture
    async def far_side(self) -> AsyncIterator[TelegramFarSide]:
        async with bot_api_server() as server, make_http_client() as client:
            api = BotApi(client=client, api_url=server.url, bot_token=TOKEN)
            yield TelegramFarSide(TelegramMessenger(api=api), server)
