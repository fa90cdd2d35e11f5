"""A service with a store that a test can break."""

import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from attrs import frozen

from support.phone import Phone, post
from support.polling import eventually
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store_proxy import StoreProxy, breakable_store
from support.store_troubles import StoreTrouble

NOWHERE = "http://127.0.0.1:9/none"

_numbers = itertools.count(3_000_001)


@frozen
class BreakableService:
    """One service, its breakable store, and Meta."""

    proxy: StoreProxy
    service: Service
    meta: RunningSimulator

    async def phone(self) -> Phone:
        phone = Phone(meta=self.meta, number=f"1555{next(_numbers)}")
        (await self.meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
        return phone

    async def deliver(self, body: bytes) -> tuple[httpx.Response, float]:
        """Call the webhook once. Returns the response and the seconds it took."""
        began = time.monotonic()
        answer = await post(self.service, body)
        return answer, time.monotonic() - began

    async def probe(self, path: str) -> httpx.Response:
        return await self.service.http.get(f"{self.service.url}{path}")

    async def is_ready(self) -> bool:
        return (await self.probe("/readyz")).status_code == 200

    async def takes(self, body: bytes) -> bool:
        answer, _ = await self.deliver(body)
        return answer.status_code == 200

    @contextlib.asynccontextmanager
    async def in_trouble(self, trouble: StoreTrouble) -> AsyncIterator[None]:
        """The trouble ends with the block. Then this waits until the service works again."""
        await trouble.begin(self.proxy)
        try:
            yield
        finally:
            await trouble.end(self.proxy)
        await eventually(self.is_ready)

    async def works(self) -> None:
        """A question is answered."""
        phone = await self.phone()
        assert await phone.ask("are you there?", seconds=30) == "You said: are you there?"


@contextlib.asynccontextmanager
async def breakable_service(directory: Path, *, agents_url: str, **channel: object) -> AsyncIterator[BreakableService]:
    async with breakable_store(directory / "store") as proxy, running_simulator(webhook_url=NOWHERE) as meta:
        config = write_config(
            directory / "config", graph_url=meta.url, store=proxy.url, agents_url=agents_url, **channel
        )
        async with running_service(config) as service:
            meta.point_at(service.webhook_url)
            breakable = BreakableService(proxy, service, meta)
            await eventually(breakable.is_ready)
            await breakable.works()
            yield breakable


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[StoreProxy]:
    """The store alone."""
    async with breakable_store(tmp_path / "store") as proxy:
        yield proxy


@pytest.fixture
async def breakable(tmp_path: Path, agents_url: str) -> AsyncIterator[BreakableService]:
    async with breakable_service(tmp_path, agents_url=agents_url) as breakable:
        yield breakable


@pytest.fixture(scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory, agents_url: str) -> AsyncIterator[BreakableService]:
    """One installation for all troubles of a module. It must survive them without a restart."""
    async with breakable_service(tmp_path_factory.mktemp("house"), agents_url=agents_url) as breakable:
        yield breakable
