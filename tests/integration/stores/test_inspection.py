"""What is wrong with a store that answers: the inspection finds it, and the service does not start on it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import pytest
from attrs import define

from adapters.redis.connection import StoreConnections
from adapters.redis.inspection import COMMANDS, StoreInspection
from application.ports.store import StoreDefect, StoreLoginError, StoreUnavailableError
from support.cluster import FORGOTTEN_CONNECTIONS, running_cluster
from support.service import running_service, trunkline, write_config
from support.store_proxy import StoreProxy
from support.store_server import StoreServer

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[StoreServer]:
    """As it should be, until a test changes it."""
    server = StoreServer(tmp_path)
    await server.start()
    yield server
    await server.end()


def url_of(server: StoreServer, login: str = "") -> str:
    return f"unix://{login}{server.socket}"


async def defects(url: str, *, require_durable: bool = False) -> dict[str, StoreDefect]:
    """What is found, by name."""
    store = StoreConnections.to(url)
    try:
        found = await StoreInspection(store=store, require_durable=require_durable).defects()
    finally:
        await store.aclose()
    return {defect.name: defect for defect in found}


async def test_nothing_is_wrong_with_a_store_as_it_should_be(server: StoreServer) -> None:
    assert await defects(url_of(server), require_durable=True) == {}


async def test_a_store_that_evicts(server: StoreServer) -> None:
    await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")

    (defect,) = (await defects(url_of(server))).values()

    assert defect.loses_messages
    assert "maxmemory-policy allkeys-lru" in defect.message


@pytest.mark.parametrize("required", [True, False])
async def test_a_store_without_a_file(server: StoreServer, *, required: bool) -> None:
    await server.command("CONFIG", "SET", "appendonly", "no")

    (defect,) = (await defects(url_of(server), require_durable=required)).values()

    assert defect.loses_messages is required
    assert "appendonly no" in defect.message


async def test_a_login_that_may_not_do_everything(server: StoreServer) -> None:
    await server.command("ACL", "SETUSER", "some", "on", ">pw", "~trunkline:*", "+@all", "-xadd", "-xgroup|create")

    (defect,) = (await defects(url_of(server, "some:pw@"))).values()

    assert defect.loses_messages
    assert defect.message.endswith("may not use: XADD, XGROUP CREATE")


async def test_a_login_for_other_keys(server: StoreServer) -> None:
    await server.command("ACL", "SETUSER", "other", "on", ">pw", "~other:*", "%R~trunkline:*", "+@all")

    (defect,) = (await defects(url_of(server, "other:pw@"))).values()

    assert defect.message.endswith("may not use: scripts, or our keys")
    assert defect.fix == "allow all commands and scripts on the keys trunkline:*"


async def test_a_login_that_may_not_look(server: StoreServer) -> None:
    """Nobody knows then whether it keeps messages. That is no reason not to start."""
    await server.command("ACL", "SETUSER", "blind", "on", ">pw", "~trunkline:*", "+@all", "-info")

    (defect,) = (await defects(url_of(server, "blind:pw@"))).values()

    assert not defect.loses_messages


async def test_a_wrong_password(server: StoreServer) -> None:
    with pytest.raises(StoreLoginError, match="correct user and password"):
        await defects(url_of(server, ":wrong@"))


async def test_an_old_server(tmp_path: Path) -> None:
    """Version 6 does not understand our scripts, so nothing else is asked."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while count := await reader.readline():
            words = [(await reader.readline(), await reader.readline())[1] for _ in range(int(count[1:]))]
            info = b"redis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n"
            writer.write(b"$%d\r\n%s\r\n" % (len(info), info) if words == [b"INFO\r\n"] else b"+OK\r\n")
        writer.close()

    path = tmp_path / "old.sock"
    async with await asyncio.start_unix_server(answer, path):
        (defect,) = (await defects(f"unix://{path}")).values()

    assert (defect.name, defect.message) == ("too old", "the store is version 6.2.14")


@pytest.mark.timeout(240)
@pytest.mark.filterwarnings(*(mark.args[0] for mark in FORGOTTEN_CONNECTIONS))
async def test_a_cluster_that_serves_only_some_slots(tmp_path: Path) -> None:
    """The conversations of the other slots can be neither stored nor answered."""
    async with running_cluster(tmp_path) as cluster:
        assert await defects(cluster.url) == {}
        for node in cluster.nodes:
            await node.client.execute_command("CLUSTER", "DELSLOTS", 0)

        with pytest.raises(StoreUnavailableError, match="16383 of 16384 covered"):
            await defects(cluster.url)


def test_every_command_is_asked_for() -> None:
    """Of the scripts. The adapters' own commands are beside them in the list."""
    folder = files("adapters.redis.scripts")
    scripts = "\n".join(path.read_text() for path in folder.iterdir() if path.name.endswith(".lua"))
    called = re.findall(r"redis\.p?call\('([A-Z]+)'(?:, '([A-Z]+)')?", scripts)
    containers = {"XGROUP", "XINFO"}

    names = {f"{name} {first}" if name in containers else name for name, first in called}

    assert names <= set(COMMANDS)


@pytest.mark.parametrize(
    ("policy", "durable", "fix"),
    [("volatile-ttl", "yes", "set maxmemory-policy noeviction"), ("noeviction", "no", "set appendonly yes")],
)
async def test_the_service_refuses_to_start(
    server: StoreServer, tmp_path: Path, policy: str, durable: str, fix: str
) -> None:
    """One line that says what to do, and the exit code 1."""
    await server.command("CONFIG", "SET", "maxmemory-policy", policy)
    await server.command("CONFIG", "SET", "appendonly", durable)
    config = write_config(tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store=url_of(server))
    with (config / "service.yaml").open("a") as service:
        service.write("store_require_durable: true\n")

    ended = await trunkline("serve", "--port", "0", "--config-dir", str(config))

    assert ended.returncode == 1
    assert fix in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


async def test_a_wrong_password_ends_the_start(server: StoreServer, tmp_path: Path) -> None:
    config = write_config(
        tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store=url_of(server, "somebody:geheim@")
    )

    ended = await trunkline("serve", "--port", "0", "--config-dir", str(config))

    assert ended.returncode == 1
    assert "correct user and password" in ended.stderr
    assert "geheim" not in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_running_service_says_that_its_store_evicts_now(server: StoreServer, tmp_path: Path) -> None:
    config = write_config(tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store=url_of(server))
    async with running_service(config) as service:
        await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random")

        ready = (await service.http.get(f"{service.url}/readyz")).json()

    assert ready["parts"]["store"] == "loses messages: evicts"


@define
class OldServer(StoreProxy):
    """A server that says it is version 6."""

    async def _answers(self, store: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await store.read(65536):
            writer.write(chunk.replace(b"redis_version:7", b"redis_version:6"))
            await writer.drain()


async def found_by_doctor(config: Path) -> list[tuple[str, str]]:
    """How bad each finding about the store is, and its message."""
    done = await trunkline("doctor", "--json", "--config-dir", str(config))
    return [(each["status"], each["message"]) for each in json.loads(done.stdout) if each["name"] == "store"]


async def test_a_store_that_evicts_is_named_by_doctor(server: StoreServer, tmp_path: Path) -> None:
    await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    config = write_config(tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store=url_of(server))

    found = await found_by_doctor(config)

    assert [status for status, _ in found] == ["ok", "failed"], found
    assert "maxmemory-policy allkeys-lru" in found[1][1]


async def test_an_old_store_is_refused_and_named(server: StoreServer, tmp_path: Path) -> None:
    """By the service in one line, and by doctor."""
    proxy = OldServer(server)
    await proxy.listen()
    config = write_config(tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store=proxy.url)

    ended = await trunkline("serve", "--port", "0", "--config-dir", str(config))
    found = await found_by_doctor(config)
    await proxy.close()

    assert ended.returncode == 1
    assert "use Valkey, or Redis 7 or newer" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert [status for status, _ in found] == ["ok", "failed"], found
    assert found[1][1].startswith("the store is version 6.")


async def test_a_store_without_a_file_is_warned_about(server: StoreServer, tmp_path: Path) -> None:
    """In the log of the service, which starts, and by doctor."""
    await server.command("CONFIG", "SET", "appendonly", "no")
    config = write_config(tmp_path / "config", graph_url=NOWHERE, agents_url=NOWHERE, store=url_of(server))

    async with running_service(config) as service:
        logged = [json.loads(line) for line in service.log.splitlines() if "appendonly no" in line]
    found = await found_by_doctor(config)

    assert [line["level"] for line in logged] == ["warning"]
    assert found[1:] == [("warning", "the store loses messages when it restarts (appendonly no)")], found
