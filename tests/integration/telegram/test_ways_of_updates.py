"""A bot that changes between its webhook and fetching. The simulator plays Telegram."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from support.bot_chat import BotChat
from support.installation import channels_command, write_bot
from support.polling import eventually
from support.service import Service, running_service
from support.simulator import ANA, BEN, RunningSimulator

type Start = Callable[..., Awaitable[Service]]

POLLING = {"receive": "polling"}
PEOPLE = (ANA, BEN)


@pytest.fixture
async def start(tmp_path: Path, store_url: str, agents_url: str, telegram: RunningSimulator) -> AsyncIterator[Start]:
    """Starts processes of one installation, with keys of the entry of their own."""
    settings = {"store": store_url, "agents": {"url": agents_url}}
    async with AsyncExitStack() as stack:
        count = 0

        async def start_one(**keys: object) -> Service:
            nonlocal count
            count += 1
            directory, api_url = tmp_path / f"config-{count}", f"{telegram.url}/telegram"
            config = write_bot(directory, api_url=api_url, settings=settings, **keys)
            return await stack.enter_async_context(running_service(config))

        yield start_one


@pytest.fixture
def telegram(meta: RunningSimulator) -> RunningSimulator:
    return meta


async def everybody_writes(telegram: RunningSimulator, *texts: str) -> None:
    for text in texts:
        for number in PEOPLE:
            await BotChat(telegram=telegram, number=number).write(text)


async def all_answered(telegram: RunningSimulator, *texts: str) -> bool:
    """Whether everybody has the answer to each text, once and in order. Those that waited together have one answer."""
    for number in PEOPLE:
        answers = await BotChat(telegram=telegram, number=number).heard()
        lines = [line for answer in answers for line in answer.removeprefix("You said: ").split("\n")]
        assert lines == list(texts[: len(lines)])
        if len(lines) < len(texts):
            return False
    return not (await pending(telegram))


async def pending(telegram: RunningSimulator) -> int:
    """How many updates Telegram still keeps."""
    return int(telegram.simulator.telegram.updates.info()["pending_update_count"])


async def test_nothing_is_lost_or_doubled_between_the_two_ways(start: Start, telegram: RunningSimulator) -> None:
    """From the webhook to fetching and back, while people write, with the commands that an operator uses."""
    by_webhook = await start()
    await channels_command("register", "telegram", "--address", by_webhook.url, config_dir=by_webhook.config_dir)
    await everybody_writes(telegram, "one", "two")
    await eventually(lambda: all_answered(telegram, "one", "two"))
    await by_webhook.kill()
    await everybody_writes(telegram, "three")
    by_polling = await start(**POLLING)
    await channels_command("unregister", "telegram", config_dir=by_polling.config_dir)
    await everybody_writes(telegram, "four")
    await eventually(lambda: all_answered(telegram, "one", "two", "three", "four"), seconds=60)

    await by_polling.close()
    await everybody_writes(telegram, "five")
    again = await start()
    await channels_command("register", "telegram", "--address", again.url, config_dir=again.config_dir)
    await everybody_writes(telegram, "six")

    await eventually(lambda: all_answered(telegram, "one", "two", "three", "four", "five", "six"))
