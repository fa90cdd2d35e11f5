"""The services of the compose file work together: each runs with its command, its variables and its health check."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from redis.asyncio import Redis

from adapters.astromesh.agent_files import prepare_agents
from support.composed import Composed
from support.documents import ROOT
from support.model_server import ScriptedModel
from support.phone import Phone
from support.polling import eventually
from support.service import CREDENTIALS
from support.simulator import RunningSimulator

ORDER = ("valkey", "astromesh", "web", "worker")

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(
        shutil.which("valkey-cli") is None and shutil.which("redis-cli") is None,
        reason="no client of the store is here",
    ),
]


@pytest.fixture
def config(tmp_path: Path, model: ScriptedModel, meta: RunningSimulator) -> Path:
    """That of the checkout, with the simulator as Meta and the scripted model as OpenAI."""
    directory = tmp_path / "config"
    prepare_agents(config_dir=ROOT / "config", target=directory, model_url=model.url)
    for path in directory.glob("*.yaml"):
        path.unlink()  # they are links
    shutil.copy(ROOT / "config/service.yaml", directory)
    channels = yaml.safe_load((ROOT / "config/channels.yaml").read_text(encoding="utf-8"))
    channels["channels"]["whatsapp"]["api_url"] = meta.url
    (directory / "channels.yaml").write_text(yaml.safe_dump(channels))
    return directory


@pytest.fixture
def processes() -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    processes: dict[str, subprocess.Popen[bytes]] = {}
    with ExitStack() as stack:
        yield processes
        for process in processes.values():
            stack.callback(process.wait)
            stack.callback(process.kill)


@pytest.fixture
async def composed(
    tmp_path: Path, config: Path, meta: RunningSimulator, processes: dict[str, "subprocess.Popen[bytes]"]
) -> Composed:
    """All of them, started in the order of their dependencies, each when the one before is healthy."""
    composed = Composed(tmp_path, config, CREDENTIALS)
    for name in ORDER:
        processes[name] = composed.start(name)
        try:
            await eventually(lambda name=name: asyncio.to_thread(composed.is_healthy, name), seconds=60)
        except AssertionError as error:
            raise AssertionError(f"{name}: {composed.log(name)}") from error
    meta.point_at(f"http://127.0.0.1:{composed.ports['web']}/v1/channels/whatsapp/webhook")
    return composed


async def test_a_message_is_answered(
    composed: Composed, meta: RunningSimulator, processes: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    """By an agent that remembers, in another database than the messages. All end in good order."""
    phone = Phone(meta=meta, number="15557990001")
    (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()

    assert "You said: hello" in await phone.ask("hello", seconds=60)
    memory = {}
    for database in (0, 1):
        async with Redis(port=int(composed.ports["valkey"]), db=database, decode_responses=True) as store:
            memory[database] = [key async for key in store.scan_iter()]

    assert all(key.startswith("trunkline:") for key in memory[0])
    assert any(phone.number in key for key in memory[1])
    for name in reversed(ORDER):
        processes[name].terminate()
        assert await asyncio.to_thread(processes[name].wait, 60) in (0, -15), composed.log(name)
