"""A worker process with a port on the command line serves only probes and metrics there."""

import json
from importlib.metadata import version
from typing import Any

import psutil

from integration.drain.conftest import Processes
from support.phone import ADMIN, post
from support.polling import eventually
from support.service import Service


async def test_a_worker_with_a_port_can_be_probed_and_scraped(processes: Processes) -> None:
    """Turns are counted in the process that answers them."""
    await processes.start(role="web")
    phone = await processes.phone()

    worker = await processes.start(role="worker")

    await phone.ask("hello")

    async def counted() -> bool:
        metrics = await worker.http.get(f"{worker.url}/metrics")
        return 'trunkline_turns_total{channel="whatsapp",outcome="answered"} 1.0' in metrics.text

    await eventually(counted)
    for path in ("/livez", "/readyz"):
        assert (await worker.http.get(f"{worker.url}{path}")).status_code == 200


async def test_the_log_says_what_runs_and_how_each_turn_ended(processes: Processes) -> None:
    """Without the words of people, and without the login of the store."""
    await processes.start(role="web")
    worker = await processes.start(role="worker")
    phone = await processes.phone()
    await phone.ask("private words")

    def lines(event: str) -> list[dict[str, Any]]:
        found = (json.loads(line) for line in worker.log.splitlines() if line.startswith("{"))
        return [line for line in found if line["event"] == event]

    (ended,) = await eventually(lambda: lines("turn ended"))
    (start,) = lines("trunkline starts")

    assert (start["role"], start["channels"], start["version"]) == ("worker", ["whatsapp"], version("trunkline"))
    assert start["store"].startswith("redis://127.0.0.1:")
    assert (ended["channel"], ended["outcome"], ended["messages"]) == ("whatsapp", "answered", 1)
    assert ended["token"] == ended["turn_id"]
    assert "private" not in worker.log


async def test_a_worker_with_a_port_serves_nothing_else(processes: Processes) -> None:
    """No webhook, no operators' routes, no API description."""
    worker = await processes.start(role="worker")

    for path in ("/v1/channels/whatsapp/webhook", "/v1/channels/events", "/v1/dead-letters", "/schema"):
        assert (await worker.http.get(f"{worker.url}{path}", headers=ADMIN)).status_code == 404, path
    assert (await post(worker, b"{}")).status_code == 404


async def test_a_worker_without_its_store_is_not_ready(processes: Processes) -> None:
    """It is alive."""
    worker = await processes.start(role="worker")

    await processes.proxy.refuse()
    ready = await worker.http.get(f"{worker.url}/readyz")
    alive = await worker.http.get(f"{worker.url}/livez")
    await processes.proxy.listen()

    assert (ready.status_code, ready.json()["parts"]["store"], alive.status_code) == (503, "unreachable", 200)


async def test_every_outage_of_the_store_is_logged(processes: Processes) -> None:
    """When it begins and when it ends, also when the last one ended a moment ago."""
    worker = await processes.start(role="worker")

    for outages in (1, 2, 3):
        await processes.proxy.refuse()
        await eventually(lambda count=outages: worker.log.count("the store is away") == count)
        await processes.proxy.listen()
        await eventually(lambda count=outages: worker.log.count("the store is back") == count)

    assert worker.log.count("the store is away") == 3


async def test_a_worker_without_a_port_listens_nowhere(processes: Processes) -> None:
    """So web and worker can share one machine and one configuration."""
    web = await processes.start(role="web")
    worker = Service(web.config_dir, role="worker", listens=False)
    phone = await processes.phone()
    await worker.start()
    try:
        assert await phone.ask("hello") == "You said: hello"
        listening = psutil.Process(worker.process.pid).net_connections(kind="tcp")
        assert [socket for socket in listening if socket.status == psutil.CONN_LISTEN] == []
    finally:
        await worker.close()
