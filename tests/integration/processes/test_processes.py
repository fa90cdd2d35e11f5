"""`trunkline serve --processes`: several processes with one address and one store."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from entrypoints.settings import WorkerSettings
from support.model_server import Says, ScriptedModel
from support.phone import Phone
from support.polling import eventually
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator

PEOPLE = 12


@pytest.fixture
async def service(tmp_path: Path, agents_url: str, meta: RunningSimulator) -> AsyncIterator[Service]:
    config = write_config(tmp_path / "config", graph_url=meta.url, store="embedded", agents_url=agents_url)
    async with running_service(config, processes=2) as service:
        meta.point_at(service.webhook_url)
        yield service


@pytest.fixture
async def phones(meta: RunningSimulator) -> list[Phone]:
    phones = [Phone(meta=meta, number=f"1555600{number:04}") for number in range(PEOPLE)]
    for phone in phones:
        (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    return phones


def processes(service: Service) -> list[psutil.Process]:
    assert service.process is not None
    return psutil.Process(service.process.pid).children()


async def metrics(service: Service) -> dict[str, float]:
    """The sum of each metric over its labels; empty when the process that was asked has been killed."""
    sums: dict[str, float] = {}
    try:
        shown = await service.http.get(f"{service.url}/metrics")
    except httpx.TransportError:
        return {}
    for family in text_string_to_metric_families(shown.text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return sums


async def test_a_process_that_is_killed_under_load(service: Service, phones: list[Phone]) -> None:
    """No message is lost, and none is sent twice. Another process takes its place."""
    killed, survivor = processes(service)

    await asyncio.gather(*(phone.write("one") for phone in phones))
    killed.send_signal(signal.SIGKILL)
    await asyncio.gather(*(phone.write("two") for phone in phones))

    async def all_heard() -> bool:
        texts = [" ".join(await phone.heard()) for phone in phones]
        return all("one" in text and "two" in text for text in texts)

    await eventually(all_heard, seconds=60)
    for phone in phones:
        heard = " ".join(await phone.heard())
        assert (heard.count("one"), heard.count("two")) == (1, 1)
    now = await eventually(lambda: len(found := processes(service)) == 2 and found)
    assert survivor in now
    assert killed not in now
    assert '"code": -9' in service.log


async def test_sigterm_drains_all(service: Service, phones: list[Phone], model: ScriptedModel) -> None:
    """Each process finishes its turns. The store ends last."""
    model.script["slow"] = Says(text="done", delay_seconds=1.5)
    await asyncio.gather(*(phone.write("slow") for phone in phones))
    await eventually(lambda: model.queries.count("slow") >= PEOPLE)
    children = processes(service)

    service.send(signal.SIGTERM)

    assert await service.wait() == 0
    assert [await phone.heard() for phone in phones] == [["done"]] * PEOPLE
    assert not any(child.is_running() for child in children)
    assert not (service.config_dir / "data" / "store" / "valkey.pid").exists()
    assert '"level": "error"' not in service.log


async def test_metrics_add_up(service: Service, phones: list[Phone]) -> None:
    """Whichever process is asked, it shows what all have done, also those that are gone."""
    await asyncio.gather(*(phone.write("hello") for phone in phones))
    await eventually(lambda: _counted(service, "trunkline_turns_total", PEOPLE))
    killed, _ = processes(service)
    killed.send_signal(signal.SIGKILL)
    await eventually(lambda: killed not in (found := processes(service)) and len(found) == 2)

    # What only a running process has: the one that was killed no longer counts, the new one does.
    places = 2 * WorkerSettings().concurrency
    await eventually(lambda: _counted(service, "trunkline_turn_places", places))
    counted = await eventually(lambda: metrics(service))

    assert counted["trunkline_messages_total"] == PEOPLE
    assert counted["trunkline_turns_total"] >= PEOPLE
    assert counted["trunkline_circuit_breaker_open"] == 0
    assert (counted["trunkline_turn_places"], counted["trunkline_turns_in_flight"]) == (places, 0)
    assert (counted["trunkline_store_up"], counted["trunkline_build_info"]) == (1, 1)
    memory = sum(child.memory_info().rss for child in processes(service))
    assert memory / 2 < counted["process_resident_memory_bytes"] < 2 * memory


async def _counted(service: Service, name: str, at_least: int) -> bool:
    return (await metrics(service)).get(name, 0) >= at_least


async def test_a_supervisor_that_is_killed(service: Service) -> None:
    """Its processes end too, so that another one can take their place."""
    children = processes(service)

    await service.kill()

    await eventually(lambda: not any(child.is_running() for child in children))
    await service.start()
    assert (await service.http.get(f"{service.url}/livez")).status_code == 200
