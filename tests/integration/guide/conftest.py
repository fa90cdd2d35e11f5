"""One installation for each module, set up as the guide says. Every test has a phone of its own."""

import itertools
from collections.abc import AsyncIterator

import pytest

from support.phone import Phone
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store import embedded_store

_numbers = itertools.count(1_000_001)


@pytest.fixture(scope="module")
async def guide_meta() -> AsyncIterator[RunningSimulator]:
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as simulator:
        yield simulator


@pytest.fixture(scope="module")
async def guide_service(
    tmp_path_factory: pytest.TempPathFactory,
    agents_url: str,
    guide_meta: RunningSimulator,
    guide_keys: dict[str, object],
) -> AsyncIterator[Service]:
    """The service with the guide's channel, running for the whole module; a module's `guide_keys` add to it."""
    directory = tmp_path_factory.mktemp("guide")
    async with embedded_store(directory / "store") as store:
        config = write_config(
            directory / "config", graph_url=guide_meta.url, store=store, agents_url=agents_url, **guide_keys
        )
        async with running_service(config) as service:
            guide_meta.point_at(service.webhook_url)
            yield service


@pytest.fixture(scope="module")
def guide_keys() -> dict[str, object]:
    return {}


async def _new_phone(meta: RunningSimulator) -> Phone:
    phone = Phone(meta=meta, number=f"1555{next(_numbers)}")
    (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    return phone


@pytest.fixture
async def phone(guide_meta: RunningSimulator, guide_service: Service) -> Phone:
    """Somebody new to the module's service."""
    return await _new_phone(guide_meta)


@pytest.fixture
async def other_phone(guide_meta: RunningSimulator, guide_service: Service) -> Phone:
    return await _new_phone(guide_meta)


@pytest.fixture
async def own_phone(meta: RunningSimulator) -> Phone:
    """Somebody new to the services that a test starts for itself with `start_service`."""
    return await _new_phone(meta)
