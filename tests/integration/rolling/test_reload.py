"""The configuration is read again: on SIGHUP, and when an operator asks for it over HTTP."""

import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml
from attrs import define, evolve

from support.model_server import Says, ScriptedModel
from support.phone import ADMIN, Phone
from support.polling import eventually
from support.service import Service, write_config
from support.simulator import ACCESS_TOKEN, VERIFY_TOKEN, RunningSimulator

NEW_TOKEN = "fake-new-access-token"
RELOADED = "the configuration is reloaded"


@define
class Installation:
    """A service whose files a test changes. Its access token is in a file."""

    service: Service
    token_file: Path

    def change(self, name: str = "channels.yaml", *path: str, **keys: Any) -> None:
        """Set keys in the block of a file that `path` leads to."""
        file = self.service.config_dir / name
        tree = block = yaml.safe_load(file.read_text())
        for step in path:
            block = block[step]
        block.update(keys)
        file.write_text(yaml.safe_dump(tree))

    async def reload(self) -> httpx.Response:
        return await self.service.http.post(f"{self.service.url}/v1/reload", headers=ADMIN)

    async def handshake(self, channel: str = "whatsapp", token: str = VERIFY_TOKEN) -> int:
        """The status that Meta gets. Each call has a connection of its own, so that any process may answer."""
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"{self.service.url}/v1/channels/{channel}/webhook", params=query)).status_code

    def entry(self, **keys: Any) -> dict[str, Any]:
        """The entry `whatsapp` with other keys."""
        channels = yaml.safe_load((self.service.config_dir / "channels.yaml").read_text())["channels"]
        return {**channels["whatsapp"], **keys}


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def installation(
    tmp_path: Path, stack: AsyncExitStack, meta: RunningSimulator, *, store: str, agents: str, processes: int = 1
) -> Installation:
    config = write_config(tmp_path / "config", graph_url=meta.url, store=store, agents_url=agents)
    token_file = tmp_path / "access-token"
    token_file.write_text(f"{ACCESS_TOKEN}\n")
    environ = {"WHATSAPP_ACCESS_TOKEN": "", "WHATSAPP_ACCESS_TOKEN_FILE": str(token_file)}
    service = Service(config, processes=processes, environ=environ)
    stack.push_async_callback(service.close)
    await service.start()
    meta.point_at(service.webhook_url)
    return Installation(service, token_file)


@pytest.fixture
async def phone(meta: RunningSimulator) -> Phone:
    phone = Phone(meta=meta, number="15557000099")
    (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    return phone


@pytest.fixture
async def running(
    tmp_path: Path, stack: AsyncExitStack, meta: RunningSimulator, store_url: str, agents_url: str
) -> Installation:
    return await installation(tmp_path, stack, meta, store=store_url, agents=agents_url)


async def test_a_new_access_token(
    running: Installation, meta: RunningSimulator, phone: Phone, model: ScriptedModel
) -> None:
    """From a file, without a restart. What could not be sent with the old one is sent soon."""
    model.script["after it expired"] = Says(text="at last")
    meta.simulator.business = evolve(meta.simulator.business, access_token=NEW_TOKEN)
    await phone.write("after it expired")
    await eventually(lambda: "circuit breaker of whatsapp is open" in running.service.log)

    running.token_file.write_text(NEW_TOKEN)
    answer = await running.reload()
    meta.http.headers["Authorization"] = f"Bearer {NEW_TOKEN}"

    assert answer.json() == {"channels": ["whatsapp"], "needs_restart": [], "warnings": []}
    await eventually(lambda: _heard(phone, "at last"))
    assert await phone.ask("and another")


async def _heard(phone: Phone, text: str) -> bool:
    return text in await phone.heard()


async def test_a_channel_a_text_and_a_verify_token(running: Installation, phone: Phone) -> None:
    """On SIGHUP."""
    assert await running.handshake("sales") == 404
    running.change("channels.yaml", "channels", sales=running.entry(type="whatsapp", phone_number_id="42"))
    running.change("channels.yaml", "channels", "whatsapp", verify_token=["new-token", "${WHATSAPP_VERIFY_TOKEN}"])
    running.change("channels.yaml", "channels", "whatsapp", texts={"new_session": "Here we go."})

    running.service.send(signal.SIGHUP)
    await eventually(lambda: RELOADED in running.service.log)

    assert await running.handshake("sales") == 200
    assert [await running.handshake(token=token) for token in ("new-token", VERIFY_TOKEN)] == [200, 200]
    assert await phone.ask("/new") == "Here we go."


async def test_a_bad_configuration_changes_nothing(running: Installation, phone: Phone) -> None:
    """All problems are in the answer, and in the log after SIGHUP."""
    running.change("channels.yaml", "channels", "whatsapp", default_agent="", debounce_seconds="soon")
    running.change("service.yaml", "worker", concurrency=0)

    answer = await running.reload()
    running.service.send(signal.SIGHUP)
    await eventually(lambda: running.service.log.count("the configuration is not reloaded; nothing changed") == 2)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    problems = "\n".join(answer.json()["problems"])
    for key in ("default_agent", "debounce_seconds", "worker.concurrency"):
        assert key in problems
    assert await phone.ask("hello")


async def test_what_needs_a_restart_is_named(running: Installation) -> None:
    running.change("service.yaml", "worker", concurrency=7, confirm_seconds=9)
    running.change("service.yaml", remember_seconds=60)

    answer = await running.reload()

    assert answer.json()["needs_restart"] == ["worker.concurrency", "remember_seconds"]


async def test_every_process_of_a_supervisor_reloads(
    tmp_path: Path, stack: AsyncExitStack, meta: RunningSimulator, agents_url: str
) -> None:
    """Whichever was asked, and also when the supervisor gets the signal. All run on."""
    running = await installation(tmp_path, stack, meta, store="embedded", agents=agents_url, processes=2)

    running.change("channels.yaml", "channels", sales=running.entry(type="whatsapp", phone_number_id="42"))
    assert (await running.reload()).status_code == 200
    await eventually(lambda: running.service.log.count(RELOADED) == 2)
    assert {await running.handshake("sales") for _ in range(20)} == {200}

    running.change("channels.yaml", "channels", more=running.entry(type="whatsapp", phone_number_id="43"))
    running.service.send(signal.SIGHUP)
    await eventually(lambda: running.service.log.count(RELOADED) == 4)
    assert {await running.handshake("more") for _ in range(20)} == {200}
    assert "process ended" not in running.service.log


async def test_processes_name_what_their_supervisor_keeps(
    tmp_path: Path, stack: AsyncExitStack, meta: RunningSimulator, agents_url: str, phone: Phone
) -> None:
    """Its store, and where it listens: in the answer, and in the log after the signal. It names them for a process that
    was started again, too, which works with what the supervisor has.
    """
    running = await installation(tmp_path, stack, meta, store="embedded", agents=agents_url, processes=2)
    running.change("service.yaml", store="redis://127.0.0.1:1/0", store_memory_mb=99, data_dir=str(tmp_path / "other"))
    running.change("service.yaml", http={"host": "127.0.0.2"}, remember_seconds=60)
    kept = ["store", "store_memory_mb", "data_dir", "http.host"]

    answer = await running.reload()
    running.service.send(signal.SIGHUP)
    await eventually(lambda: running.service.log.count(RELOADED) == 4)

    assert sorted(answer.json()["needs_restart"]) == sorted([*kept, "remember_seconds"])
    logged = [json.loads(line) for line in running.service.log.splitlines() if RELOADED in line]
    assert all(set(kept) <= set(line["needs_restart"]) for line in logged)
    for child in psutil.Process(running.service.process.pid).children():
        if "--supervised" in child.cmdline():
            child.kill()
    await eventually(lambda: running.service.log.count("trunkline starts") == 4)
    answer = await eventually(lambda: _answered(running))
    assert answer.json()["needs_restart"] == kept
    assert await phone.ask("hello", seconds=30)


async def _answered(running: Installation) -> httpx.Response | None:
    """None while the connection went to a process that was killed."""
    try:
        return await running.reload()
    except httpx.TransportError:
        return None
