"""Web and worker apart, on the stores that companies have."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.certificates import Certificates
from support.cluster import FORGOTTEN_CONNECTIONS, running_cluster
from support.phone import Phone, dead_letters
from support.sentinels import watched_servers
from support.service import StartService, trunkline
from support.simulator import RunningSimulator
from support.tls_server import running_tls_server

PASSWORD = "fake-store-password"
# What docs/deployment.md asks for, and no more.
ACL = ("default off", f"trunkline on >{PASSWORD} ~trunkline:* +@all -@dangerous +info")
PEOPLE = 4

pytestmark = [*FORGOTTEN_CONNECTIONS, pytest.mark.timeout(240)]


@pytest.fixture(params=["a server with TLS and ACL", "a cluster with TLS", "behind Sentinel"])
async def store_url(
    request: pytest.FixtureRequest, tmp_path: Path, tls_server: str, certificates: Certificates
) -> AsyncIterator[str]:
    directory = tmp_path / "store"
    directory.mkdir()
    match request.param:
        case "a server with TLS and ACL":
            login = f"trunkline:{PASSWORD}@"
            async with running_tls_server(
                directory, binary=tls_server, certificates=certificates, login=login, acl=ACL
            ) as address:
                yield f"{address}/0{certificates.query}"
        case "a cluster with TLS":
            async with running_cluster(directory, binary=tls_server, certificates=certificates) as cluster:
                yield cluster.url
        case _:
            async with watched_servers(directory) as watched:
                yield watched.url


async def test_people_are_answered(start_service: StartService, meta: RunningSimulator) -> None:
    """Once, and in order. Both processes are ready, `trunkline doctor` is content, and nobody sees the password."""
    web, worker = await start_service(role="web"), await start_service(role="worker")
    phones = [Phone(meta=meta, number=f"1555900{number:04}") for number in range(PEOPLE)]
    for phone in phones:
        (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()

    for text in ("one", "two"):
        await asyncio.gather(*(phone.ask(text, seconds=60) for phone in phones))
    ready = [(await service.http.get(f"{service.url}/readyz")).status_code for service in (web, worker)]
    doctor = await trunkline("doctor", "--json", "--config-dir", str(web.config_dir))

    assert [await phone.heard() for phone in phones] == [["You said: one", "You said: two"]] * PEOPLE
    assert await dead_letters(web) == []
    assert ready == [200, 200]
    assert [found["status"] for found in json.loads(doctor.stdout) if found["name"] == "store"] == ["ok"]
    assert PASSWORD not in web.log + worker.log + doctor.stdout + doctor.stderr
