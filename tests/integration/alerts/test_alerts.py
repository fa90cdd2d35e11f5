"""Prometheus watches a real service with our rules, which are faster here: a minute takes a second."""

import contextlib
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from attrs import frozen

from support.agents_relay import AgentsRelay, running_relay
from support.documents import ROOT
from support.phone import Phone
from support.polling import eventually
from support.ports import free_ports
from support.service import Service, StartService
from support.simulator import RunningSimulator

FOLDER = ROOT / "deploy/observability"
MINUTE = 1
PEOPLE = 12
WATCHED = ("TrunklineAgentsFail", "TrunklineQueueOld", "TrunklineNoWorker")

pytestmark = [
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed"),
    pytest.mark.timeout(240),
]


def faster(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule with seconds in place of minutes."""
    expression = re.sub(r"\[(\d+)m\]", lambda found: f"[{int(found[1]) * MINUTE}s]", rule["expr"])
    expression = re.sub(
        r"(oldest_waiting_seconds\)) > (\d+)",
        lambda found: f"{found[1]} > {int(found[2]) * MINUTE / 60}",
        expression,
    )
    return {**rule, "expr": expression, "for": f"{int(rule['for'].removesuffix('m')) * MINUTE}s"}


def write_configuration(directory: Path, targets: list[str]) -> Path:
    """That of `deploy/observability`, with these processes to ask, and the rules that are watched."""
    (group,) = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    group["rules"] = [faster(rule) for rule in group["rules"] if rule["alert"] in WATCHED]
    (directory / "alerts.yaml").write_text(yaml.safe_dump({"groups": [group]}))
    configuration = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))
    configuration["global"] = {"scrape_interval": "250ms", "scrape_timeout": "250ms", "evaluation_interval": "250ms"}
    configuration["scrape_configs"][0]["static_configs"] = [{"targets": targets}]
    path = directory / "prometheus.yaml"
    path.write_text(yaml.safe_dump(configuration))
    return path


@frozen
class Prometheus:
    http: httpx.AsyncClient

    async def answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return (await self.http.get("/-/ready")).is_success
        return False

    async def value(self, query: str) -> float:
        """The first value that the query finds, else 0."""
        found = (await self.http.get("/api/v1/query", params={"query": query})).json()["data"]["result"]
        return float(found[0]["value"][1]) if found else 0

    async def firing(self) -> dict[str, dict[str, str]]:
        """The labels of each alert that fires, by its name."""
        alerts = (await self.http.get("/api/v1/alerts")).json()["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert["labels"] for alert in alerts if alert["state"] == "firing"}


@contextlib.asynccontextmanager
async def running_prometheus(directory: Path, *services: Service) -> AsyncIterator[Prometheus]:
    configuration = write_configuration(directory, [service.url.removeprefix("http://") for service in services])
    address = f"127.0.0.1:{free_ports(1)[0]}"
    command = [
        "prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (directory / "prometheus.log").open("w") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http:
                prometheus = Prometheus(http)
                await eventually(prometheus.answers)
                yield prometheus
        finally:
            process.terminate()


@pytest.fixture
async def agents(agents_url: str) -> AsyncIterator[AgentsRelay]:
    async with running_relay(agents_url) as relay:
        yield relay


@pytest.fixture
async def phones(meta: RunningSimulator) -> list[Phone]:
    phones = [Phone(meta=meta, number=f"1555800{number:04}") for number in range(PEOPLE)]
    for phone in phones:
        (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    return phones


async def write(phones: list[Phone], text: str) -> None:
    for phone in phones:
        await phone.write(text)


async def hear(phones: list[Phone], text: str) -> None:
    """Wait until each phone has an answer to this text."""

    async def heard() -> bool:
        return all([f"You said: {text}" in await phone.heard() for phone in phones])

    await eventually(heard, seconds=60)


async def test_alerts_fire_when_agents_stop(
    tmp_path: Path, start_service: StartService, agents: AgentsRelay, phones: list[Phone]
) -> None:
    """Runs fail, and messages wait for the next try: the queue grows old. Both end when the agents are back."""
    service = await start_service(agents=agents.url)
    async with running_prometheus(tmp_path, service) as prometheus:
        await write(phones, "before")
        await hear(phones, "before")
        answered = 'trunkline_agent_seconds_count{outcome="answered"}'
        await eventually(lambda: _is(prometheus, answered, PEOPLE))
        assert await prometheus.firing() == {}

        agents.up = False
        await write(phones, "meanwhile")
        fired = await eventually(lambda: _firing(prometheus, "TrunklineAgentsFail", "TrunklineQueueOld"), seconds=60)
        agents.up = True
        await hear(phones, "meanwhile")
        await eventually(lambda: _none_fires(prometheus), seconds=60)

    assert fired["TrunklineAgentsFail"]["agent"] == "whatsapp-assistant"
    assert {labels["channel"] for labels in fired.values()} == {"whatsapp"}
    assert {labels["severity"] for labels in fired.values()} == {"critical"}


async def test_alerts_fire_when_the_worker_stops(
    tmp_path: Path, start_service: StartService, phones: list[Phone]
) -> None:
    """The web process goes on, and says how old the queue is."""
    web, worker = await start_service(role="web"), await start_service(role="worker")
    async with running_prometheus(tmp_path, web, worker) as prometheus:
        await write(phones, "before")
        await hear(phones, "before")
        await eventually(lambda: _is(prometheus, "max(trunkline_turn_places)", 1000))

        await worker.close()
        await write(phones, "nobody answers")
        fired = await eventually(lambda: _firing(prometheus, "TrunklineNoWorker", "TrunklineQueueOld"), seconds=60)

        assert "TrunklineAgentsFail" not in fired
        waiting = f'sum(trunkline_waiting_messages{{instance="127.0.0.1:{web.port}"}})'
        assert await prometheus.value(waiting) == PEOPLE


async def _is(prometheus: Prometheus, query: str, value: float) -> bool:
    return await prometheus.value(query) == value


async def _firing(prometheus: Prometheus, *names: str) -> dict[str, dict[str, str]]:
    """The alerts that fire, once all of these do."""
    fired = await prometheus.firing()
    return fired if set(names) <= fired.keys() else {}


async def _none_fires(prometheus: Prometheus) -> bool:
    return await prometheus.firing() == {}
