"""Processes that are stopped, on a store that a test can break."""

import asyncio
import contextlib
import itertools
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from attrs import define, field

from support.model_server import ScriptedModel
from support.phone import Phone
from support.polling import eventually
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator
from support.store_proxy import StoreProxy, breakable_store

_numbers = itertools.count(5_000_001)


@define
class Processes:
    """Starts processes, and people who write to the first one that accepts webhooks."""

    directory: Path
    proxy: StoreProxy
    meta: RunningSimulator
    agents_url: str
    model: ScriptedModel
    stack: AsyncExitStack = field(factory=AsyncExitStack)
    _count: int = 0

    async def start(self, *, role: str = "all", **worker: object) -> Service:
        self._count += 1
        config = write_config(
            self.directory / f"config-{self._count}",
            graph_url=self.meta.url,
            store=self.proxy.url,
            agents_url=self.agents_url,
            worker=worker,
        )
        service = await self.stack.enter_async_context(running_service(config, role=role))
        if role != "worker":
            self.meta.point_at(service.webhook_url)
            await eventually(lambda: _ready(service))
        return service

    async def phone(self) -> Phone:
        phone = Phone(meta=self.meta, number=f"1555{next(_numbers)}")
        (await self.meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
        return phone

    def asked(self, query: str) -> int:
        """How often the agent's model was asked this."""
        return self.model.queries.count(query)

    def sends_to(self, phone: Phone) -> list[str]:
        """Every send that reached Meta for this person."""
        return [record.reference for record in self.meta.simulator.sent if record.to.lstrip("+") == phone.number]


async def _ready(service: Service) -> bool:
    return (await service.http.get(f"{service.url}/readyz")).status_code == 200


async def stopped(service: Service, *, seconds: float = 30) -> tuple[int, float]:
    """The exit code of the process, and how long it needed to stop."""
    began = time.monotonic()
    service.send(signal.SIGTERM)
    code = await service.wait(seconds=seconds)
    return code, time.monotonic() - began


@contextlib.asynccontextmanager
async def connection(service: Service, *sent: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which this was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(b"".join(sent))
    try:
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@pytest.fixture
async def processes(
    tmp_path: Path, agents_url: str, meta: RunningSimulator, model: ScriptedModel
) -> AsyncIterator[Processes]:
    async with breakable_store(tmp_path / "store") as proxy:
        processes = Processes(tmp_path, proxy, meta, agents_url, model)
        async with processes.stack:
            yield processes
