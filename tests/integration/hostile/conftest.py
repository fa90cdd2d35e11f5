"""One service for all kinds of attack. It must work after each of them."""

import itertools
from collections.abc import AsyncIterator

import pytest
from attrs import frozen

from support.phone import Phone
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store import embedded_store
from support.strict_graph import StrictGraph, strict_graph

_numbers = itertools.count(3_000_001)

TROUBLE = ("Traceback", '"level": "error"', '"level": "critical"')


@frozen
class Target:
    """A service under attack, and Meta with its phones."""

    service: Service
    meta: RunningSimulator

    async def phone(self) -> Phone:
        """A new person."""
        phone = Phone(meta=self.meta, number=f"1555{next(_numbers)}")
        (await self.meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
        return phone


@pytest.fixture(scope="session")
async def attacked(tmp_path_factory: pytest.TempPathFactory, agents_url: str) -> AsyncIterator[Target]:
    directory = tmp_path_factory.mktemp("hostile")
    async with (
        running_simulator(webhook_url="http://127.0.0.1:9/none") as meta,
        embedded_store(directory / "store") as store,
    ):
        config = write_config(
            directory / "config", graph_url=meta.url, store=store, agents_url=agents_url, rate_limit=False
        )
        async with running_service(config) as service:
            meta.point_at(service.webhook_url)
            yield Target(service, meta)


@pytest.fixture
async def target(attacked: Target) -> AsyncIterator[Target]:
    """The service. After the test it still answers, and has logged no errors."""
    written = len(attacked.service.log)
    yield attacked
    alive = await attacked.service.http.get(f"{attacked.service.url}/livez")
    ready = await attacked.service.http.get(f"{attacked.service.url}/readyz")
    assert (alive.status_code, ready.status_code) == (200, 200)
    assert not [word for word in TROUBLE if word in attacked.service.log[written:]]


@pytest.fixture
async def graph() -> AsyncIterator[StrictGraph]:
    """To be named before `start_service`: it ends when the service has hung up."""
    async with strict_graph() as graph:
        yield graph
