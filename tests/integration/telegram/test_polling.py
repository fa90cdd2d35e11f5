"""A bot whose updates are fetched: by one process of all, without loss and without doubles, whoever dies."""

import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.telegram.inbound import SECRET_HEADER
from support.polling import eventually
from support.service import Service, running_service
from support.telegram import SECRET, TOKEN, BotApiServer, bot_api_server, message, update
from support.whatsapp_messages import NOW

type Start = Callable[..., Awaitable[Service]]


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with bot_api_server() as server:
        yield server


@pytest.fixture
async def start(tmp_path: Path, store_url: str, agents_url: str, telegram: BotApiServer) -> AsyncIterator[Start]:
    """Starts processes of one installation, with keys of the entry of their own."""
    entry = {
        "bot_token": TOKEN,
        "secret_token": SECRET,
        "default_agent": "whatsapp-assistant",
        "api_url": telegram.url,
        "debounce_seconds": 0,
    }
    service = {"store": store_url, "data_dir": str(tmp_path / "data"), "agents": {"url": agents_url}}
    async with AsyncExitStack() as stack:
        count = 0

        async def start_one(*, role: str = "all", processes: int = 1, **keys: object) -> Service:
            nonlocal count
            count += 1
            config = tmp_path / f"config-{count}"
            config.mkdir()
            (config / "channels.yaml").write_text(yaml.safe_dump({"channels": {"telegram": entry | keys}}))
            (config / "service.yaml").write_text(yaml.safe_dump(service))
            return await stack.enter_async_context(running_service(config, role=role, processes=processes))

        yield start_one


def written(number: int, *, text: str = "") -> bytes:
    """The update of one message. It is the same, whichever way it comes."""
    return update(100 + number, message=message(number=number, at=NOW + number, text=text or f"message {number}"))


def answered(telegram: BotApiServer) -> list[int]:
    """The numbers of the messages that were answered. Those that wait at the same time have one answer."""
    texts = " ".join(call["text"] for call in telegram.named("sendMessage"))
    return [int(number) for number in re.findall(r"message (\d+)", texts)]


async def fetching(service: Service) -> Any:
    return (await service.http.get(f"{service.url}/readyz")).json()["fetching"]["telegram"]


async def deliver(service: Service, body: bytes) -> int:
    url = f"{service.url}/v1/channels/telegram/webhook"
    return (await service.http.post(url, content=body, headers={SECRET_HEADER: SECRET})).status_code


async def test_updates_are_fetched_and_answered(start: Start, telegram: BotApiServer) -> None:
    """With all that the adapter reads. Telegram may forget what is stored; no log has the token."""
    telegram.people_write(written(1))
    service = await start(receive="polling")

    await eventually(lambda: answered(telegram) == [1])
    telegram.people_write(written(2), written(3))
    await eventually(lambda: answered(telegram) == [1, 2, 3])
    await eventually(lambda: not telegram.waiting)

    assert "message_reaction" in telegram.named("getUpdates")[0]["allowed_updates"]
    assert await fetching(service) == "ok"
    assert TOKEN not in service.log


async def test_one_of_several_processes_fetches(start: Start, telegram: BotApiServer) -> None:
    """Telegram refuses who asks while another one does, so it would show."""
    service = await start(receive="polling", processes=2)

    telegram.people_write(*(written(number) for number in range(1, 6)))
    await eventually(lambda: answered(telegram) == [1, 2, 3, 4, 5])

    assert "another program" not in service.log


async def test_a_worker_fetches_nothing(start: Start, telegram: BotApiServer) -> None:
    """It answers what the process with the web role has fetched."""
    web = await start(receive="polling", role="web")
    worker = await start(receive="polling", role="worker")
    telegram.people_write(written(1))

    await eventually(lambda: answered(telegram) == [1])

    assert "updates are fetched" in web.log
    assert "updates are fetched" not in worker.log


async def test_another_process_goes_on_where_one_was_killed(start: Start, telegram: BotApiServer) -> None:
    """Nothing is lost, doubled or out of order, also when it had stored more than Telegram knows of."""
    first = await start(receive="polling")
    telegram.people_write(written(1), written(2))
    await eventually(lambda: answered(telegram) == [1, 2])
    second = await start(receive="polling")
    assert await fetching(second) == "fetched by another process"

    await first.kill()
    telegram.waiting = []
    telegram.people_write(*(written(number) for number in range(1, 6)))  # 1 and 2 are not confirmed yet
    await eventually(lambda: answered(telegram) == [1, 2, 3, 4, 5], seconds=60)
    await eventually(lambda: not telegram.waiting)

    assert await fetching(second) == "ok"
    assert "another program" not in second.log


async def test_who_is_asked_to_stop_gives_way_at_once(start: Start, telegram: BotApiServer) -> None:
    """A lease of 20 seconds is not waited for, and neither is a fetch that waits."""
    first = await start(receive="polling")
    await eventually(lambda: telegram.fetches)
    second = await start(receive="polling")

    await first.close()
    telegram.people_write(written(1))
    await eventually(lambda: answered(telegram) == [1], seconds=10)

    assert await fetching(second) == "ok"


async def test_a_message_is_the_same_by_webhook_and_by_polling(start: Start, telegram: BotApiServer) -> None:
    """One installation changes from one way to the other and back. What comes both ways is answered once."""
    by_webhook = await start()
    assert await deliver(by_webhook, written(1)) == 200
    await eventually(lambda: answered(telegram) == [1])
    await by_webhook.close()

    telegram.people_write(written(1), written(2))
    by_polling = await start(receive="polling")
    await eventually(lambda: answered(telegram) == [1, 2])
    assert await deliver(by_polling, written(2)) == 200
    await by_polling.close()

    again = await start()
    assert [await deliver(again, written(number)) for number in (1, 2, 3)] == [200] * 3
    await eventually(lambda: answered(telegram) == [1, 2, 3])


async def test_a_webhook_that_is_still_registered_is_said(start: Start, telegram: BotApiServer) -> None:
    """With the command that removes it; then fetching begins by itself."""
    telegram.webhook = "https://acme.example/v1/channels/telegram/webhook"
    telegram.people_write(written(1))
    service = await start(receive="polling")

    await eventually(lambda: "run `trunkline channels unregister telegram`" in service.log)
    shown = await fetching(service)
    telegram.webhook = ""
    await eventually(lambda: answered(telegram) == [1])

    assert shown.startswith("a webhook is registered")


async def test_a_refused_token_is_said(start: Start, telegram: BotApiServer) -> None:
    """In the log and to the probe, without the token. The service stays ready for its other channels."""
    service = await start(receive="polling", bot_token="4711:AAWrong")

    await eventually(lambda: "does not accept the bot token" in service.log)
    ready = await service.http.get(f"{service.url}/readyz")

    assert ready.status_code == 200
    assert "copy it again from @BotFather" in ready.json()["fetching"]["telegram"]
    assert "AAWrong" not in service.log


async def test_a_reload_begins_and_ends_fetching(start: Start, telegram: BotApiServer) -> None:
    """Without a restart, in both directions."""
    service = await start()
    file = service.config_dir / "channels.yaml"
    by_webhook = file.read_text()
    file.write_text(by_webhook.replace("secret_token", "receive: polling\n    secret_token"))
    telegram.people_write(written(1))

    service.send(signal.SIGHUP)
    await eventually(lambda: answered(telegram) == [1])
    file.write_text(by_webhook)
    service.send(signal.SIGHUP)
    await eventually(lambda: service.log.count("the configuration is reloaded") == 2)
    ready = await service.http.get(f"{service.url}/readyz")

    assert ready.json()["fetching"] == {}
    assert await deliver(service, written(2)) == 200
    await eventually(lambda: answered(telegram) == [1, 2])
