"""The format of the stored data: the first process writes it, and nobody works on data of another one."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.store_format import FORMAT, StoreFormat
from adapters.system_clock import SystemClock
from application.ports.store import UnsafeStoreError
from entrypoints.bootstrap import store as store_module
from entrypoints.bootstrap.container import Container
from entrypoints.settings import ServiceSettings, Settings
from support.cluster import FORGOTTEN_CONNECTIONS, running_cluster
from support.doctor import CHANNEL
from support.polling import eventually
from support.service import Service, running_service, trunkline, write_config
from support.store_server import StoreServer

NOWHERE = "http://127.0.0.1:9"
KEY = "trunkline:format"
REFUSED = f"the store has data of format 2, and Trunkline 0.1.0 has format {FORMAT}"
FIX = "run a version of Trunkline with that format, or name another store"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[StoreServer]:
    server = StoreServer(tmp_path)
    await server.start()
    yield server
    await server.end()


@pytest.fixture
def config(tmp_path: Path, server: StoreServer) -> Path:
    return write_config(tmp_path / "config", graph_url=NOWHERE, store=f"unix://{server.socket}", agents_url=NOWHERE)


@pytest.mark.parametrize("role", ["web", "worker"])
async def test_the_first_process_writes_it(server: StoreServer, config: Path, role: str) -> None:
    """Whichever role it has. A second one runs beside it."""
    async with running_service(config, role=role), running_service(config, role="web"):
        assert await server.command("GET", KEY) in {FORMAT, FORMAT.encode()}


@pytest.mark.parametrize("role", ["web", "worker", "all"])
async def test_no_process_starts_on_another_one(server: StoreServer, config: Path, role: str) -> None:
    """One line says why."""
    await server.command("SET", KEY, "2")

    done = await trunkline("serve", "--config-dir", str(config), "--role", role, "--port", "0")

    assert done.returncode == 1
    assert f"Error: {REFUSED}; {FIX}" in done.stderr
    assert "Traceback" not in done.stderr
    assert await server.command("GET", KEY) in {"2", b"2"}


async def test_several_processes_do_not_start_either(server: StoreServer, config: Path) -> None:
    await server.command("SET", KEY, "2")

    done = await trunkline("serve", "--config-dir", str(config), "--port", "0", "--processes", "2")

    assert (done.returncode, REFUSED in done.stderr) == (1, True)


async def test_commands_refuse_it_and_the_doctor_names_it(server: StoreServer, config: Path) -> None:
    """No command writes anything into the store."""
    await server.command("SET", KEY, "2")

    listed = await trunkline("dead-letters", "list", "--config-dir", str(config))
    examined = await trunkline("doctor", "--config-dir", str(config))

    assert (listed.returncode, REFUSED in listed.stderr) == (1, True)
    assert REFUSED in " ".join(examined.stdout.split())
    assert "answers" in examined.stdout


async def test_a_process_does_not_go_on_with_another_one(server: StoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store was away at the start."""
    monkeypatch.setattr(store_module, "CHECK_SECONDS", 0.01)
    service = ServiceSettings(store=f"unix://{server.socket}")
    container = Container(settings=Settings(service=service, channels=(CHANNEL,)))
    await server.command("SET", KEY, "2")
    await server.end()

    async with store_module.running_store(container):
        await server.start()
        await eventually(container.stopping().is_set)


async def test_a_worker_whose_store_comes_back_with_another_one(server: StoreServer) -> None:
    """It prepares the store after each outage, and refuses."""
    store = StoreConnections.to(f"unix://{server.socket}")
    try:
        mailbox = RedisMailbox(store=store, clock=SystemClock())
        await mailbox.prepare()
        await server.command("SET", KEY, "2")

        with pytest.raises(UnsafeStoreError, match="format 2"):
            await mailbox.prepare()
    finally:
        await store.aclose()


async def test_readyz_names_it(server: StoreServer, config: Path) -> None:
    async with running_service(config, role="web") as service:
        await server.command("SET", KEY, "2")
        parts = await _parts(service)

    assert parts["store"] == "loses messages: other format"


async def _parts(service: Service) -> dict[str, str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        return dict((await client.get(f"{service.url}/readyz")).json()["parts"])


@pytest.mark.timeout(240)
@pytest.mark.filterwarnings(*(mark.args[0] for mark in FORGOTTEN_CONNECTIONS))
async def test_a_cluster(tmp_path: Path) -> None:
    async with running_cluster(tmp_path) as cluster:
        store = StoreConnections.to(cluster.url)
        try:
            format_ = StoreFormat(store=store)
            await format_.establish()
            assert await format_.defects() == ()
            await store.commands.set(KEY, "2")
            (defect,) = await format_.defects()
        finally:
            await store.aclose()

    assert defect.loses_messages
