"""One installation for each module, and phones of their own in front of it for each test."""

import itertools
import json
from collections.abc import AsyncIterator

import pytest
import yaml

from support.canned_http import answering, response
from support.operators import Operators
from support.phone import Phone
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store import embedded_store

TRANSCRIPT = "Two teas, please."

_numbers = itertools.count(2_000_001)


@pytest.fixture(scope="module")
async def meta() -> AsyncIterator[RunningSimulator]:
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def channel_keys() -> dict[str, object]:
    """What a module's channel has beside the guide's keys."""
    return {}


@pytest.fixture(scope="module")
async def transcriber_url() -> AsyncIterator[str]:
    """Whatever is said, it writes down the same."""
    async with answering(response(200, json.dumps({"text": TRANSCRIPT}).encode())) as url:
        yield url


@pytest.fixture(scope="module")
async def service(
    tmp_path_factory: pytest.TempPathFactory,
    agents_url: str,
    meta: RunningSimulator,
    transcriber_url: str,
    channel_keys: dict[str, object],
) -> AsyncIterator[Service]:
    directory = tmp_path_factory.mktemp("whatsapp")
    async with embedded_store(directory / "store") as store:
        config = write_config(
            directory / "config",
            graph_url=meta.url,
            store=store,
            agents_url=agents_url,
            worker={"confirm_seconds": 0.5},
            **channel_keys,
        )
        settings = yaml.safe_load((config / "service.yaml").read_text())
        settings["transcriber"] = {"url": transcriber_url, "model": "scripted"}
        (config / "service.yaml").write_text(yaml.safe_dump(settings))
        async with running_service(config) as running:
            meta.point_at(running.webhook_url)
            yield running


@pytest.fixture
def operators(service: Service) -> Operators:
    return Operators(service)


async def new_phone(meta: RunningSimulator, *, hides_number: bool = False) -> Phone:
    """Somebody new; whatever trouble the last test made is over, and links are not looked up, for they lead nowhere."""
    await meta.control(fetch_links=False, status_delay_seconds=0)
    phone = Phone(meta=meta, number=f"1555{next(_numbers)}")
    owner = {"name": "Somebody", "hides_number": hides_number}
    (await meta.http.put(f"/phone/{phone.number}", json=owner)).raise_for_status()
    return phone


@pytest.fixture
async def phone(meta: RunningSimulator, service: Service) -> Phone:
    """Somebody new to the module's service."""
    return await new_phone(meta)


@pytest.fixture
async def other_phone(meta: RunningSimulator, service: Service) -> Phone:
    return await new_phone(meta)


@pytest.fixture
async def hidden_phone(meta: RunningSimulator, service: Service) -> Phone:
    """Somebody whose number the business does not learn."""
    return await new_phone(meta, hides_number=True)
