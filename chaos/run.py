"""One run: load and faults at the same time, then a quiet time, and then the evidence for the audit."""

import asyncio
import contextlib
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from application.ports.store import StoreUnavailableError
from chaos.audit import Evidence
from chaos.faults import FaultInjector
from chaos.leftovers import Leftovers, read_leftovers
from chaos.plan import Plan
from chaos.sender import Sender
from chaos.services import Services, running

SETTLED_WITHIN_SECONDS = 90.0
POLL_SECONDS = 0.25
NO_RESPONSE = re.compile(r"turn (\S+) is tried again in \S+ s: no response")
# A worker without a store logs warnings; these are expected.
FAULTS = ("error", "critical")

type ShowProgress = Callable[[str], None]


@frozen(kw_only=True)
class Observed:
    """The evidence, the webhook's answers, the processes that ended by themselves, and the errors in their logs."""

    evidence: Evidence
    answers: Counter[str]
    slowest: Mapping[str, float]
    fallen: Sequence[str]
    errors: Sequence[str]
    settled_after: float
    took: float


async def run(plan: Plan, *, directory: Path, show_progress: ShowProgress) -> Observed:
    """Raises DidNotStartError, EmbeddedStoreError: a part did not start."""
    began = time.monotonic()
    async with running(plan, directory=directory) as services, _watched_loop() as stalls:
        sender = Sender(services.webs)
        fault_injector = FaultInjector(
            services.workers, services.webs, services.store, show_progress, services.route_webhooks
        )
        await _run_load_and_faults(plan, sender, fault_injector, services)
        show_progress("no more faults")
        calm = time.monotonic()
        leftovers = await _settled(services.store.server.url)
        settled_after = time.monotonic() - calm
        await fault_injector.revive()
        await services.kill()
    return Observed(
        evidence=evolve(_evidence(services, sender, fault_injector, leftovers), stall=max(stalls)),
        answers=sender.answers,
        slowest=sender.slowest,
        fallen=fault_injector.fallen,
        errors=[line for process in services.processes for line in _errors(process.log_file)],
        settled_after=settled_after,
        took=time.monotonic() - began,
    )


async def _run_load_and_faults(plan: Plan, sender: Sender, fault_injector: FaultInjector, services: Services) -> None:
    """Until every message was stored, or the time is over. After the faults, Meta answers every send."""
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(sender.run(plan.webhooks()))
        await fault_injector.run(plan)
        services.answer_every_send()
        await asyncio.wait([sending], timeout=SETTLED_WITHIN_SECONDS)
        sending.cancel()


@contextlib.asynccontextmanager
async def _watched_loop() -> AsyncIterator[list[float]]:
    """Measure for how many seconds this process, and with it Meta and the agent, stood still each time."""
    stalls = [0.0]

    async def watch() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(POLL_SECONDS)
            stalls.append(time.monotonic() - asked - POLL_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        watching.cancel()


async def _settled(url: str) -> Leftovers:
    """Wait until every conversation is idle, or time is up. Returns what is in the store then."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(StoreUnavailableError):
            left = await read_leftovers(url)
            if left.idle:
                return left
        await asyncio.sleep(POLL_SECONDS)
    return await read_leftovers(url)


def _evidence(services: Services, sender: Sender, fault_injector: FaultInjector, leftovers: Leftovers) -> Evidence:
    logs = [worker.log_file.read_text() for worker in services.workers]
    return Evidence(
        taken=sender.taken,
        sends=[send for meta in services.metas for send in meta.accepted()],
        runs=services.agent.runs,
        calls=services.agent.calls,
        incidents=fault_injector.incidents,
        leftovers=leftovers,
        unconfirmed_attempts=frozenset(turn for log in logs for turn in NO_RESPONSE.findall(log)),
    )


def _errors(log: Path) -> list[str]:
    """Lines at level error, and lines that are not log lines, such as those of a traceback."""
    return [line for line in log.read_text().splitlines() if not _harmless(line)]


def _harmless(line: str) -> bool:
    return line.startswith("{") and json.loads(line).get("level") not in FAULTS
