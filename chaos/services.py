"""All parts of a run, which live as long as a `with` block."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random

from attrs import evolve, frozen

from chaos.agent import EchoingAgent
from chaos.meta import UnreliableMeta, running_metas
from chaos.plan import Channel, Plan
from chaos.processes import Service, Store, killed_at_exit, write_config
from entrypoints.http.server.serving import run_web


@frozen(kw_only=True)
class Services:
    """The parts. There is one of `metas` for each worker: it gets what that worker sends, also to Telegram."""

    store: Store
    workers: Sequence[Service]
    webs: Sequence[Service]
    metas: Sequence[UnreliableMeta]
    agent: EchoingAgent

    @property
    def processes(self) -> tuple[Service, ...]:
        return (*self.workers, *self.webs)

    async def start(self) -> None:
        """Raises DidNotStartError, EmbeddedStoreError: a part did not start."""
        await self.store.start()
        await asyncio.gather(*(process.start() for process in self.processes))
        self.route_webhooks()

    def route_webhooks(self) -> None:
        """Send statuses to web processes that are up, as a load balancer does."""
        up = [web for web in self.webs if web.up] or self.webs
        for number, meta in enumerate(self.metas):
            meta.business = evolve(meta.business, webhook_url=up[number % len(up)].webhook_url(Channel.WHATSAPP))

    def answer_every_send(self) -> None:
        for meta in self.metas:
            meta.control = evolve(meta.control, unanswered=0.0)

    async def kill(self) -> None:
        await asyncio.gather(*(process.kill() for process in self.processes))


@contextlib.asynccontextmanager
async def running(plan: Plan, *, directory: Path) -> AsyncIterator[Services]:
    """Start all parts. No process outlives the block.

    Raises:
        DidNotStartError, EmbeddedStoreError: a part did not start.
    """
    store = Store(directory=directory / "store")
    store.directory.mkdir()
    agent = EchoingAgent(random=Random(plan.seed))  # noqa: S311 - chance, no secret
    async with running_metas(plan) as (metas, urls), _serving(agent) as agents_url:

        def service(role: str, number: int, simulator_url: str) -> Service:
            name = f"{role}-{number + 1}"
            config = write_config(
                directory / name,
                channels=plan.channels,
                store=store.server.url,
                agents_url=agents_url,
                simulator_url=simulator_url,
            )
            return Service(name, role, config)

        workers = [service("worker", number, url) for number, url in enumerate(urls)]
        webs = [service("web", number, urls[0]) for number in range(plan.webs)]
        services = Services(store=store, workers=workers, webs=webs, metas=metas, agent=agent)
        with killed_at_exit(*services.processes, store):
            await services.start()
            yield services


@contextlib.asynccontextmanager
async def _serving(agent: EchoingAgent) -> AsyncIterator[str]:
    stopping, address = asyncio.Event(), asyncio.get_running_loop().create_future()

    def ready(host: str, port: int) -> None:
        address.set_result(f"http://{host}:{port}")

    serving = asyncio.create_task(
        run_web(agent.app(), host="127.0.0.1", port=0, stopping=stopping, ready=ready, grace_seconds=1)
    )
    try:
        yield await address
    finally:
        stopping.set()
        await serving
