"""One run: load and faults at the same time, peace, and then the evidence for the audit."""

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
from chaos.services import Cast, running

SETTLED_WITHIN_SECONDS = 90.0
LOOK_SECONDS = 0.25
UNHEARD = re.compile(r"turn (\S+) is tried again in \S+ s: no response")
# A worker cut off from the store warns; that is not a fault of ours.
FAULTS = ("error", "critical")

type Tell = Callable[[str], None]


@frozen(kw_only=True)
class Observed:
    """The evidence, what the webhook answered, what processes did by themselves, and errors in their logs."""

    evidence: Evidence
    answers: Counter[str]
    slowest: Mapping[str, float]
    fallen: Sequence[str]
    errors: Sequence[str]
    settled_after: float
    took: float


async def run(plan: Plan, *, directory: Path, tell: Tell) -> Observed:
    """Raises DidNotStartError, EmbeddedStoreError: a part did not start."""
    began = time.monotonic()
    async with running(plan, directory=directory) as cast, _watched_loop() as stalls:
        sender = Sender(cast.webs)
        fault_injector = FaultInjector(cast.workers, cast.webs, cast.store, tell, cast.call_the_living)
        await _fire(plan, sender, fault_injector, cast)
        tell("peace")
        calm = time.monotonic()
        leftovers = await _settled(cast.store.server.url)
        settled_after = time.monotonic() - calm
        await fault_injector.revive()
        await cast.kill()
    return Observed(
        evidence=evolve(_evidence(cast, sender, fault_injector, leftovers), stall=max(stalls)),
        answers=sender.answers,
        slowest=sender.slowest,
        fallen=fault_injector.fallen,
        errors=[line for service in cast.services for line in _errors(service.log_file)],
        settled_after=settled_after,
        took=time.monotonic() - began,
    )


async def _fire(plan: Plan, sender: Sender, fault_injector: FaultInjector, cast: Cast) -> None:
    """Until every message was taken in, or there was time enough for it. After the faults, Meta answers every send."""
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(sender.run(plan.webhooks()))
        await fault_injector.run(plan)
        cast.answer_every_send()
        await asyncio.wait([sending], timeout=SETTLED_WITHIN_SECONDS)
        sending.cancel()


@contextlib.asynccontextmanager
async def _watched_loop() -> AsyncIterator[list[float]]:
    """For how long this process, and with it Meta and the agent, did nothing else, in seconds."""
    stalls = [0.0]

    async def watch() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
            stalls.append(time.monotonic() - asked - LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        watching.cancel()


async def _settled(url: str) -> Leftovers:
    """What is in the store as soon as every conversation is idle, or when waiting for that has been long enough."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(StoreUnavailableError):
            left = await read_leftovers(url)
            if left.idle:
                return left
        await asyncio.sleep(LOOK_SECONDS)
    return await read_leftovers(url)


def _evidence(cast: Cast, sender: Sender, fault_injector: FaultInjector, leftovers: Leftovers) -> Evidence:
    logs = [worker.log_file.read_text() for worker in cast.workers]
    return Evidence(
        taken=sender.taken,
        sends=[send for meta in cast.metas for send in meta.accepted()],
        runs=cast.agent.runs,
        incidents=fault_injector.incidents,
        leftovers=leftovers,
        unconfirmed_attempts=frozenset(turn for log in logs for turn in UNHEARD.findall(log)),
    )


def _errors(log: Path) -> list[str]:
    """Lines at level error, and those that are no log lines at all, such as a traceback's."""
    return [line for line in log.read_text().splitlines() if not _harmless(line)]


def _harmless(line: str) -> bool:
    return line.startswith("{") and json.loads(line).get("level") not in FAULTS
