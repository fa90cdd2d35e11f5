"""Workers for tests: fast ones that a test can stop or crash."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from attrs import field, frozen

from application.answering.answer_conversation import AnswerConversation
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.worker import held_leases, store_connection_monitor
from entrypoints.worker import worker as worker_module
from entrypoints.worker.worker import Worker
from support.polling import eventually


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten every pause of the workers, for short leases."""
    pauses = {"CLAIM_WAIT": 0.05, "PROMOTE": 0.005, "TOGETHER": 0.001, "RECHECK": 0.005}
    for name, seconds in pauses.items():
        monkeypatch.setattr(worker_module, f"{name}_SECONDS", seconds)
    monkeypatch.setattr(store_connection_monitor, "RECONNECT_SECONDS", 0.02)
    monkeypatch.setattr(held_leases, "SETTLING_SECONDS", 0.05)


@frozen(kw_only=True)
class RunningWorker:
    """A worker at work."""

    worker: Worker
    metrics: Metrics
    task: asyncio.Task[None]
    stopping: asyncio.Event = field(factory=asyncio.Event)

    @property
    def turns(self) -> int:
        """How many conversations it is answering now."""
        return len(self.worker._held)

    async def stop(self) -> None:
        """As SIGTERM does it."""
        self.stopping.set()
        await asyncio.wait_for(asyncio.shield(self.task), 10)

    async def crash(self) -> None:
        """It claims and renews no more. Its turns go on until the leases expire, as in a frozen process."""
        self.worker._held.hand_back = nothing
        self.task.cancel()
        await asyncio.wait([self.task])


async def nothing() -> None:
    """In place of the steps of a dead process."""


@contextlib.asynccontextmanager
async def working(
    mailbox: object,
    answer: AnswerConversation,
    *,
    name: str = "a",
    concurrency: int = 1_000,
    grace_seconds: float = 5,
    beside_web: bool = False,
) -> AsyncIterator[RunningWorker]:
    """A worker that runs until the block ends, unless it was stopped before."""
    metrics = Metrics()
    stopping = asyncio.Event()
    worker = Worker(
        name=name,
        turns=mailbox,  # type: ignore[arg-type]
        leases=mailbox,  # type: ignore[arg-type]
        answer=answer,
        metrics=metrics.turns,
        outages=StoreOutageLog(),
        concurrency=concurrency,
        grace_seconds=grace_seconds,
    )
    task = asyncio.create_task(worker.run(stopping=stopping, beside_web=beside_web))
    running = RunningWorker(worker=worker, metrics=metrics, task=task, stopping=stopping)
    try:
        yield running
    finally:
        if not running.task.done():
            await running.stop()
        await eventually(lambda: running.turns == 0)
