"""Telegram's files keep the contract, over a socket. Nothing is uploaded before it is sent."""

from collections.abc import AsyncIterator

import pytest
import stamina
from attrs import frozen

from adapters.channel_kit.contracts.media import IMAGE, MediaContract
from adapters.telegram.api import BotApi
from adapters.telegram.media import TelegramMedia
from entrypoints.bootstrap.http_client import make_http_client
from support.graph_server import UNAVAILABLE
from support.telegram import TOKEN, BotApiServer, bot_api_server


@frozen
class TelegramFarSide:
    media: TelegramMedia
    server: BotApiServer

    def holds(self, content: bytes, *, mime_type: str) -> None:
        self.server.keep(IMAGE.id, content, mime_type)

    def holds_nothing(self) -> None:
        self.server.telegram.files.shelf.delete(IMAGE.id)

    def is_in_trouble(self) -> None:
        self.server.script.extend([UNAVAILABLE] * 3)


class TestTelegramMedia(MediaContract):
    @pytest.fixture
    async def far_side(self) -> AsyncIterator[TelegramFarSide]:
        with stamina.set_testing(True, attempts=3, cap=True):  # does not wait between attempts
            async with bot_api_server() as server, make_http_client() as client:
                yield TelegramFarSide(
                    TelegramMedia(api=BotApi(client=client, api_url=server.url, bot_token=TOKEN)), server
                )
