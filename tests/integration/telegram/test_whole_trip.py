"""A Telegram bot through a service process: webhooks over HTTP in, calls of a strict Bot API out."""

import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import yaml

from adapters.telegram.inbound import SECRET_HEADER
from support.model_server import Says, ScriptedModel
from support.polling import eventually
from support.service import CREDENTIALS, Service, running_service
from support.telegram import ANA, SECRET, TOKEN, BotApiServer, bot_api_server, message, refusal, tap, update
from support.whatsapp_messages import NOW

PDF = b"%PDF-1.4 " + bytes(range(256)) * 8000
LONG_ID = "order/" + "9" * 100
QUESTION = f"""```trunkline
{{"text": "Which order?", "buttons": [{{"id": "{LONG_ID}", "title": "The big one"}}, "None"]}}
```
"""


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with bot_api_server() as server:
        yield server


@pytest.fixture
async def service(tmp_path: Path, store_url: str, agents_url: str, telegram: BotApiServer) -> AsyncIterator[Service]:
    """A service with a bot and no number."""
    entry = {
        "bot_token": "${TELEGRAM_BOT_TOKEN}",
        "secret_token": "${TELEGRAM_SECRET_TOKEN}",
        "default_agent": "whatsapp-assistant",
        "api_url": telegram.url,
        "debounce_seconds": 0,
    }
    service = {
        "store": store_url,
        "data_dir": str(tmp_path / "data"),
        "agents": {"url": agents_url},
        "admin_token": "${TRUNKLINE_ADMIN_TOKEN}",
    }
    config = tmp_path / "config"
    config.mkdir()
    (config / "channels.yaml").write_text(yaml.safe_dump({"channels": {"telegram": entry}}))
    (config / "service.yaml").write_text(yaml.safe_dump(service))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        environment.setenv("TELEGRAM_SECRET_TOKEN", SECRET)
        async with running_service(config) as running:
            yield running


async def deliver(service: Service, body: bytes, *, secret: str = SECRET) -> httpx.Response:
    """Post a webhook as Telegram does."""
    url = f"{service.url}/v1/channels/telegram/webhook"
    return await service.http.post(url, content=body, headers={SECRET_HEADER: secret})


async def test_a_question_is_answered(service: Service, telegram: BotApiServer) -> None:
    """Once, however often it is delivered, and with somebody typing meanwhile. No log has the token."""
    body = update(message=message(at=NOW, text="What time is it?"))

    accepted = [await deliver(service, body) for _ in range(2)]
    forged = await deliver(service, update(message=message(number=8, at=NOW, text="Forged")), secret="wrong")
    await eventually(lambda: telegram.named("sendMessage"))
    await deliver(service, update(message=message(number=9, at=NOW, text="And now?")))
    await eventually(lambda: len(telegram.named("sendMessage")) == 2)

    assert [response.status_code for response in (*accepted, forged)] == [200, 200, 403]
    assert [call["text"] for call in telegram.named("sendMessage")] == [
        "You said: What time is it?",
        "You said: And now?",
    ]
    assert telegram.named("sendChatAction")
    assert TOKEN not in service.log
    assert SECRET not in service.log


async def test_who_begins_is_welcomed_and_a_link_reaches_the_agent(
    service: Service, telegram: BotApiServer, model: ScriptedModel
) -> None:
    """Telegram sends "/start" in the person's name, with the parameter of the link that they followed."""
    await deliver(service, update(message=message(at=NOW, text="/start")))
    await eventually(lambda: telegram.named("sendMessage"))
    await deliver(service, update(message=message(number=8, at=NOW, text="/start spring")))
    await eventually(lambda: len(telegram.named("sendMessage")) == 2)

    assert telegram.named("sendMessage")[0]["text"] == "¡Hola! ¿En qué podemos ayudarle?"
    assert model.queries[-1].startswith("[came through a link: spring]")


async def test_a_tap_brings_the_whole_id_of_its_choice(
    service: Service, telegram: BotApiServer, model: ScriptedModel
) -> None:
    """Telegram carries 64 bytes of it. The button stops spinning."""
    model.script["Change my order"] = Says(text=QUESTION)
    await deliver(service, update(message=message(at=NOW, text="Change my order")))
    await eventually(lambda: telegram.named("sendMessage"))
    ((button,), _) = telegram.named("sendMessage")[-1]["reply_markup"]["inline_keyboard"]

    await deliver(service, update(callback_query=tap(button["callback_data"], button["text"])))
    await eventually(lambda: telegram.named("sendMessage")[-1]["text"] == "You said: The big one")

    await eventually(lambda: telegram.named("answerCallbackQuery"))


async def test_a_file_by_content_is_kept_with_the_reply_and_sent(
    service: Service, telegram: BotApiServer, model: ScriptedModel
) -> None:
    """Telegram takes no file before its message."""
    block = {"type": "document", "data": b64encode(PDF).decode(), "filename": "bill.pdf", "caption": "Your bill"}
    model.script["My bill?"] = Says(text=f"```trunkline\n{json.dumps(block)}\n```")

    await deliver(service, update(message=message(at=NOW, text="My bill?")))
    await eventually(lambda: telegram.named("sendDocument"))

    (sent,) = telegram.named("sendDocument")
    assert (sent["document"], sent["caption"]) == (PDF, "Your bill")


async def test_who_blocks_the_bot_leaves_no_dead_letter(service: Service, telegram: BotApiServer) -> None:
    """Whoever writes again is answered, and the agent knows what did not arrive."""
    telegram.script.extend([refusal(403, "Forbidden: bot was blocked by the user")] * 2)
    await deliver(service, update(message=message(at=NOW, text="Hello")))
    await eventually(lambda: not telegram.script)

    await deliver(service, update(message=message(number=8, at=int(time.time()) + 1, text="Back again")))
    await eventually(lambda: telegram.named("sendMessage")[-1]["text"].endswith("Back again"))

    operator = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}
    letters = await service.http.get(f"{service.url}/v1/dead-letters", headers=operator)
    assert letters.json()["items"] == []
    assert "did not reach them" in telegram.named("sendMessage")[-1]["text"]


async def test_the_bot_waits_as_long_as_telegram_says(service: Service, telegram: BotApiServer) -> None:
    """And sends then, once."""
    await deliver(service, update(message=message(at=NOW, text="Hello")))
    await eventually(lambda: telegram.named("sendMessage"))
    telegram.script.extend([refusal(429, "Too Many Requests: retry after 1", retry_after=1)] * 2)

    await deliver(service, update(message=message(number=8, at=NOW, text="Again")))
    await eventually(lambda: [call["text"] for call in telegram.named("sendMessage")].count("You said: Again") >= 2)

    assert not telegram.script


async def test_a_shared_number_is_the_senders_from_then_on(
    service: Service, telegram: BotApiServer, model: ScriptedModel
) -> None:
    """The agent asks with a button. A forwarded card, or that of somebody else, proves nothing."""
    block = {"text": "To find your order, I need your number.", "contact_request": "Share my number"}
    model.script["Where is my order?"] = Says(text=f"```trunkline\n{json.dumps(block)}\n```")
    await deliver(service, update(message=message(at=NOW, text="Where is my order?")))
    await eventually(lambda: telegram.named("sendMessage"))
    others = {"phone_number": "+56955550199", "first_name": "Bea", "user_id": 4712}
    await deliver(service, update(message=message(number=8, at=NOW, contact=others)))
    await eventually(lambda: len(telegram.named("sendMessage")) == 2)
    operator = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}
    unproven = await service.http.get(f"{service.url}/v1/conversations/telegram:+56955550199", headers=operator)

    own = {"phone_number": "+56955550100", "first_name": "Ana", "user_id": ANA}
    await deliver(service, update(message=message(number=9, at=NOW, contact=own)))
    await eventually(lambda: len(telegram.named("sendMessage")) == 3)
    proven = await service.http.get(f"{service.url}/v1/conversations/telegram:+56955550100", headers=operator)

    ((button,),) = telegram.named("sendMessage")[0]["reply_markup"]["keyboard"]
    assert button == {"text": "Share my number", "request_contact": True}
    assert unproven.json()["heard_at"] is None
    assert proven.json()["user"] == str(ANA)
