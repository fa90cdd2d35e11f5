"""A strict Bot API on a socket, and clients that use it."""

from collections.abc import AsyncIterator

import pytest

from adapters.telegram.api import BotApi
from adapters.telegram.messenger import TelegramMessenger
from entrypoints.bootstrap.http_client import make_http_client
from support.telegram import TOKEN, BotApiServer, bot_api_server


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with bot_api_server() as server:
        yield server


@pytest.fixture
async def api(server: BotApiServer) -> AsyncIterator[BotApi]:
    """Closes its connections before the server waits for them."""
    async with make_http_client() as client:
        yield BotApi(client=client, api_url=server.url, bot_token=TOKEN)


@pytest.fixture
def messenger(api: BotApi) -> TelegramMessenger:
    return TelegramMessenger(api=api)
