"""A bot's webhook is registered with all that the adapter reads."""

import pytest

from adapters.telegram.api import BotApi
from adapters.telegram.updates import TelegramSetup
from application.ports.messenger import SendFailedError
from support.telegram import SECRET, TOKEN, BotApiServer, ok, refusal

URL = "https://example.com/v1/channels/telegram/webhook"


@pytest.fixture
def setup(api: BotApi) -> TelegramSetup:
    return TelegramSetup(api=api, secret_token=SECRET, types=("message", "callback_query"))


async def test_registers_the_webhook(setup: TelegramSetup, server: BotApiServer) -> None:
    """Updates that wait are not dropped."""
    server.script.append(ok(result=True))

    await setup.register(url=URL)

    assert server.named("setWebhook") == [
        {
            "url": URL,
            "secret_token": SECRET,
            "allowed_updates": ["message", "callback_query"],
            "drop_pending_updates": False,
        }
    ]


async def test_unregisters_the_webhook(setup: TelegramSetup, server: BotApiServer) -> None:
    """Updates wait at Telegram until a webhook is registered again."""
    server.script.append(ok(result=True))

    await setup.unregister()

    assert server.named("deleteWebhook") == [{"drop_pending_updates": False}]


async def test_a_refusal_is_reported_without_the_token(setup: TelegramSetup, server: BotApiServer) -> None:
    """With the words of Telegram."""
    server.script.append(refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"))

    with pytest.raises(SendFailedError, match="An HTTPS URL must be provided") as raised:
        await setup.register(url="http://example.com")

    assert TOKEN not in str(raised.value)
