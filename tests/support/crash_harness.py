"""Runs processes that crash, with a real store, Meta and an agent, and counts the damage."""

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from attrs import define, field, frozen

from adapters.redis import codec
from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.embedded import EmbeddedStore
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from domain.conversations.activity import ActivityKind
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.lifecycle import Role, run
from entrypoints.bootstrap.wiring import Wiring
from support.crash_workers import ENVIRON, CrashWorker
from support.kill_points import KillPoint, Stopper, composed
from support.polling import eventually
from support.recording_agent import RecordingAgent, parts_of, recording_agent
from support.service import write_config
from support.simulator import ANA, RunningSimulator, running_simulator
from support.store import blocked_clients

LEASE_SECONDS = 0.7
LONG_LEASE_SECONDS = 30.0
CONFIRM_SECONDS = 1.0


@frozen
class Damage:
    """The columns of the crash-point table: messages without a whole answer, repeated runs, repeated parts."""

    lost: int = 0
    agent_twice: int = 0
    sent_twice: int = 0


@define
class CrashHarness:
    """`written` is what people wrote so far: the number of the phone, and the text."""

    directory: Path
    store: EmbeddedStore
    connections: StoreConnections
    meta: RunningSimulator
    agent: RecordingAgent
    config_dir: Path
    keys: Keys = field(factory=Keys)
    workers: list[CrashWorker] = field(factory=list)
    written: list[tuple[str, str]] = field(factory=list)

    @property
    def dead_letters(self) -> RedisDeadLetters:
        return RedisDeadLetters(store=self.connections, keys=self.keys)

    def start(
        self, at: str = "", *, by: signal.Signals = signal.SIGKILL, pid: int | None = None, role: str = "worker"
    ) -> CrashWorker:
        """Start a process. Without `at`, it is not stopped."""
        crash_worker = CrashWorker.start(
            config_dir=self.config_dir,
            role=role,
            kill_point=KillPoint(at=at, signal_number=by, pid=pid),
            log_file=self.directory / f"process-{len(self.workers)}.log",
        )
        self.workers.append(crash_worker)
        return crash_worker

    async def write(self, text: str, *, number: str = ANA) -> None:
        self.written.append((number, text))
        await self.meta.write(text, number=number)

    @contextlib.asynccontextmanager
    async def web(self, stopper: Stopper | None = None) -> AsyncIterator[None]:
        """The web role in this process, as Meta's webhook."""
        settings = load_settings(config_dir=self.config_dir, environ=ENVIRON)
        container = composed(settings, stopper)
        listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            run(
                Wiring(container), role=Role.WEB, ready=lambda host, port: listening.set_result(f"http://{host}:{port}")
            )
        )
        await asyncio.wait({serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        self.point_meta_at(listening.result())
        try:
            yield
        finally:
            container.stopping().set()
            await serving

    def point_meta_at(self, url: str) -> None:
        self.meta.point_at(f"{url}/v1/channels/whatsapp/webhook")

    async def store_pid(self) -> int:
        return int((await self.connections.commands.info("server"))["process_id"])

    async def store_back(self) -> None:
        """Wait until the store is down, and start it on the same data."""
        await eventually(self._store_is_away, seconds=30)
        await self.store.start()

    async def store_away(self, *, seconds: float) -> None:
        """Kill the store, and start it again after so many seconds."""
        os.kill(await self.store_pid(), signal.SIGKILL)
        await asyncio.sleep(seconds)
        await self.store_back()

    async def _store_is_away(self) -> bool:
        try:
            await self.connections.ping()
        except StoreUnavailableError:
            return True
        return False

    async def contact_for(self, *, seconds: float) -> None:
        """Let workers be connected to the store for so long that they may take over."""
        await asyncio.sleep(seconds)

    async def waiting(self, workers: int) -> None:
        """Wait until so many workers wait for a conversation."""

        async def blocked() -> bool:
            return await blocked_clients(self.connections) == workers

        await eventually(blocked, seconds=20)

    async def stored(self) -> None:
        """Wait until every written message is in the store."""
        await eventually(self._all_taken, seconds=20)

    async def heard(self, *, number: str = ANA) -> list[str]:
        """How each part on a phone begins."""
        return [body.partition(" word")[0] for body in await self.meta.answers(number=number)]

    async def published(self, *kinds: ActivityKind) -> Counter[ActivityKind]:
        """How many activities of these kinds are in the feed."""
        entries = await self.connections.commands.xrange(self.keys.shared("feed"))
        found = Counter(codec.load_activity(fields["activity"]).kind for _, fields in entries)
        return Counter({kind: found[kind] for kind in kinds})

    async def damage(self) -> Damage:
        """Wait until nothing is left to do, and count."""
        await eventually(self._idle, seconds=40)
        expected = [(number, part) for number, text in self.written for part in parts_of(text)]
        heard = [
            (number, part)
            for number in {number for number, _ in self.written}
            for part in await self.heard(number=number)
        ]
        sends = Counter(record.reference for record in self.meta.simulator.sent)
        return Damage(
            lost=len(set(expected) - set(heard)),
            agent_twice=len(self.agent.runs) - len(set(self.agent.queries)),
            sent_twice=sends.total() - len(sends),
        )

    async def _idle(self) -> bool:
        return await self._all_taken() and not await self.connections.commands.hlen(self.keys.of(0, "tokens"))

    async def _all_taken(self) -> bool:
        arrived = await self.connections.commands.get(self.keys.of(0, "arrivals"))
        return int(arrived or 0) == len(self.written)


@contextlib.asynccontextmanager
async def crash_harness(
    directory: Path, *, grace_seconds: float = 10, lease_seconds: float = LEASE_SECONDS
) -> AsyncIterator[CrashHarness]:
    """Everything except the service itself."""
    store = EmbeddedStore(directory=directory / "store")
    await store.start()
    connections = StoreConnections.to(store.url)
    worker = {"lease_seconds": lease_seconds, "confirm_seconds": CONFIRM_SECONDS, "grace_seconds": grace_seconds}
    async with recording_agent() as agent, running_simulator(webhook_url="http://127.0.0.1:9/none") as meta:
        config = write_config(
            directory / "config", graph_url=meta.url, store=store.url, agents_url=agent.url, worker=worker
        )
        harness = CrashHarness(directory, store, connections, meta, agent, config)
        try:
            yield harness
        finally:
            for crash_worker in harness.workers:
                await crash_worker.close()
            await connections.aclose()
            await store.stop()
