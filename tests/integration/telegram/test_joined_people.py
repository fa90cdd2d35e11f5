"""One person on WhatsApp and Telegram, with one session of the agent, through a service process and a real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from adapters.redis.connection import StoreConnections
from adapters.telegram.inbound import SECRET_HEADER
from support.polling import eventually
from support.recording_agent import RecordingAgent, recording_agent
from support.service import CREDENTIALS, Service, running_service, trunkline, write_config
from support.simulator import ANA, BEN, RunningSimulator
from support.stored_words import keys_with
from support.telegram import ANA as USER_ID
from support.telegram import SECRET, TOKEN, BotApiServer, bot_api_server, message, update
from support.whatsapp_messages import NOW

ON_WHATSAPP, ON_TELEGRAM = f"whatsapp:{ANA}", f"telegram:{USER_ID}"


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiServer]:
    async with bot_api_server() as server:
        yield server


@pytest.fixture
async def agent() -> AsyncIterator[RecordingAgent]:
    async with recording_agent() as agent:
        yield agent


@pytest.fixture
async def service(
    tmp_path: Path, store_url: str, meta: RunningSimulator, telegram: BotApiServer, agent: RecordingAgent
) -> AsyncIterator[Service]:
    """Both channels. A number that is shared with the bot joins people."""
    config = write_config(tmp_path / "config", graph_url=meta.url, store=store_url, agents_url=agent.url)
    channels = yaml.safe_load((config / "channels.yaml").read_text())
    channels["channels"]["telegram"] = {
        "bot_token": TOKEN,
        "secret_token": SECRET,
        "default_agent": "whatsapp-assistant",
        "api_url": telegram.url,
        "debounce_seconds": 0,
        "link_by_phone": True,
    }
    (config / "channels.yaml").write_text(yaml.safe_dump(channels))
    async with running_service(config) as running:
        meta.point_at(running.webhook_url)
        yield running


async def on_telegram(service: Service, number: int, text: str = "", **content: object) -> None:
    content = content or {"text": text}
    body = update(message=message(number=number, at=NOW, **content))
    url = f"{service.url}/v1/channels/telegram/webhook"
    (await service.http.post(url, content=body, headers={SECRET_HEADER: SECRET})).raise_for_status()


async def gave_way(service: Service) -> bool:
    """Whether a turn was deferred."""
    metrics = (await service.http.get(f"{service.url}/metrics")).text.splitlines()
    return any('outcome="deferred"' in line and not line.endswith(" 0.0") for line in metrics)


async def test_a_shared_number_joins_them_and_no_two_runs_meet(
    service: Service, meta: RunningSimulator, telegram: BotApiServer, agent: RecordingAgent
) -> None:
    """Also when the process is killed while the agent runs: each message is answered, where it came from."""
    agent.open.set()
    await meta.write("on whatsapp")
    await on_telegram(service, 7, "on telegram")
    await agent.asked(2)
    own = {"phone_number": f"+{ANA}", "first_name": "Ana", "user_id": USER_ID}
    await on_telegram(service, 8, contact=own)
    await agent.asked(3)
    await eventually(lambda: len(telegram.named("sendMessage")) == 4)

    agent.open.clear()
    await meta.write("first")
    await agent.asked(4)
    await on_telegram(service, 9, "second")
    await eventually(lambda: gave_way(service))
    asked = agent.queries[3:]
    await service.restart()
    await agent.asked(5)
    agent.open.set()
    await eventually(lambda: len(telegram.named("sendMessage")) == 6)

    assert [run.session for run in agent.runs[:2]] in ([ANA, ON_TELEGRAM], [ON_TELEGRAM, ANA])
    assert {run.session for run in agent.runs[2:]} == {ANA}
    assert asked == ["first"]
    assert agent.queries[4:] == ["first", "second"]
    assert [body.split(":")[0] for body in await meta.answers()] == ["on whatsapp", "on whatsapp", "first", "first"]
    assert telegram.named("sendMessage")[-1]["text"].startswith("second: two")


async def test_an_operator_joins_and_separates_them(
    service: Service, meta: RunningSimulator, telegram: BotApiServer, agent: RecordingAgent
) -> None:
    """By the command line and over HTTP, with any name of the person."""
    agent.open.set()
    await meta.write("on whatsapp")
    await on_telegram(service, 7, "on telegram")
    await eventually(lambda: len(telegram.named("sendMessage")) == 2)
    operator = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}
    joined = f"{service.url}/v1/conversations/telegram:@ana_soto/joined"

    by_http = await service.http.put(joined, headers=operator, json={"to": f"whatsapp:+{ANA}"})
    shown = await service.http.get(f"{service.url}/v1/conversations/{ON_TELEGRAM}", headers=operator)
    directory = ["--config-dir", str(service.config_dir)]
    separated = await trunkline("person", "separate", ON_TELEGRAM, *directory)
    refused = await trunkline("person", "join", ON_TELEGRAM, "telegram:1", *directory)
    again = await trunkline("person", "join", ON_TELEGRAM, ON_WHATSAPP, *directory)
    await on_telegram(service, 8, "joined")
    await agent.asked(3)

    assert by_http.status_code == 204, by_http.text
    assert shown.json()["joined_session"] == ANA
    assert separated.stdout == f"{ON_TELEGRAM} has its own session\n"
    assert (refused.returncode, refused.stderr) == (1, "Error: both conversations are on the same channel\n")
    assert again.stdout == f"{ON_TELEGRAM} is joined to {ON_WHATSAPP}\n"
    assert agent.runs[-1].session == ANA


async def test_they_are_erased_together(
    service: Service, meta: RunningSimulator, telegram: BotApiServer, agent: RecordingAgent, store_url: str
) -> None:
    """By any name of either: what they wrote on both channels, and every session that they had."""
    await meta.write("zanzibar on whatsapp")
    await on_telegram(service, 7, "zanzibar on telegram")
    await agent.asked(2)
    own = {"phone_number": f"+{ANA}", "first_name": "Ana", "user_id": USER_ID}
    await on_telegram(service, 8, contact=own)
    await meta.write("from ben", number=BEN)
    await agent.asked(4)
    await eventually(lambda: len(telegram.named("sendMessage")) == 4)
    operator = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}
    store = StoreConnections.to(store_url)
    before = await keys_with(store, ["zanzibar"])

    erased = await service.http.delete(f"{service.url}/v1/persons/telegram:@ana_soto", headers=operator)
    await eventually(lambda: len(agent.forgotten) >= 2)
    left = await keys_with(store, ["zanzibar", "from ben"])
    await store.aclose()

    async def is_unknown() -> bool:
        shown = await service.http.get(f"{service.url}/v1/persons/{ON_WHATSAPP}", headers=operator)
        return shown.status_code == 404

    await eventually(is_unknown)
    assert {f"trunkline:{{0}}:transcript:{name}" for name in (ON_WHATSAPP, ON_TELEGRAM)} <= before.keys()
    assert sorted(erased.json()["conversations"]) == [ON_TELEGRAM, ON_WHATSAPP]
    assert {word for words in left.values() for word in words} == {"from ben"}
    assert {session for _, session in agent.forgotten} == {ANA, ON_TELEGRAM}
