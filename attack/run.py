"""One run: honest people write, the families of attacks are sent one after the other, and everything is measured."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from attrs import field, frozen

from attack.honest import Audit, HonestPeople
from attack.log_lines import LogLines, read_log
from attack.people import person_asking
from attack.plan import Family, Plan
from attack.processes import Target, running, throw
from attack.watch import Probe, Watch, peak_megabytes, slowest

WARM_UP_SECONDS = 3.0
QUIET_SECONDS = 0.5
QUIET_WITHIN_SECONDS = 15.0
ANSWERED_WITHIN_SECONDS = 45.0
LOOK_SECONDS = 0.25

type ShowProgress = Callable[[str], None]


@frozen(kw_only=True)
class Thrown:
    """The results of one family, and the state of the service in the meantime.

    `tally` as attack.caller.Tally writes it. `honest` counts the responses to honest people.
    """

    family: Family
    planned: int
    seconds: float
    tally: Mapping[str, Any]
    honest: Counter[str]
    probes: Sequence[Probe]

    @property
    def count(self) -> int:
        return int(self.tally["thrown"])

    @property
    def answers(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for counted in self.tally["answers"].values():
            total.update(counted)
        return total


@frozen(kw_only=True)
class Observed:
    """All measurements.

    `idle` and `left` are megabytes before and after. `left` was measured `settled_seconds` after the attack.
    """

    thrown: Sequence[Thrown]
    idle: float
    left: float
    settled_seconds: float
    honest: HonestPeople
    audit: Audit
    outside: Mapping[str, Any]
    log: LogLines
    probes: Sequence[Probe]
    failures: Sequence[str]
    fell: bool
    ended: bool
    took: float = 0.0


async def run(plan: Plan, *, directory: Path, show_progress: ShowProgress) -> Observed:
    """Raises DidNotStartError: a part did not start, or a load failed."""
    async with running(plan, directory) as target:
        with Watch(port=target.service.port, pid=target.service.pid) as watch:
            return await _Run(plan=plan, target=target, directory=directory, show_progress=show_progress, watch=watch)()


@frozen(kw_only=True)
class _Run:
    plan: Plan
    target: Target
    directory: Path
    show_progress: ShowProgress
    watch: Watch
    began: float = field(factory=time.monotonic)

    async def __call__(self) -> Observed:
        honest, stopping = HonestPeople(port=self.target.service.port), asyncio.Event()
        writing = asyncio.create_task(honest.write(stopping))
        await asyncio.sleep(WARM_UP_SECONDS)
        idle, began = self.watch.megabytes, time.monotonic()
        try:
            thrown = [await self._throw(family, honest) for family in self.plan.families]
            calm = time.monotonic()
            stopping.set()
            async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
                await writing
        except TimeoutError:
            self.show_progress("honest messages are still not taken")
        finally:
            writing.cancel()
        left = await self._settled(idle, calm)
        settled_seconds = time.monotonic() - calm
        audit = await self._answered(honest, thrown)
        outside, probes, failures = await self._ask("report"), self.watch.since(began), tuple(self.watch.failures)
        fell, ended = not self.target.service.alive, await self.target.service.stop()
        return Observed(
            thrown=thrown,
            idle=idle,
            left=left,
            settled_seconds=settled_seconds,
            honest=honest,
            audit=audit,
            outside=outside,
            log=read_log(self.target.log),
            probes=probes,
            failures=failures,
            fell=fell,
            ended=ended,
            took=time.monotonic() - self.began,
        )

    async def _throw(self, family: Family, honest: HonestPeople) -> Thrown:
        began, before = time.monotonic(), Counter(honest.answers)
        tally = await throw(self.plan, family, self.target, log=self.directory / f"{family}.log")
        await self._quiet()
        took = time.monotonic() - began
        thrown = Thrown(
            family=family,
            planned=self.plan.inputs(family),
            seconds=took,
            tally=tally,
            honest=honest.answers - before,
            probes=self.watch.since(began),
        )
        stall, peak = slowest(thrown.probes).stall * 1000, peak_megabytes(thrown.probes)
        self.show_progress(
            f"{family}: {thrown.count} in {took:.0f} s, longest stall {stall:.0f} ms, peak {peak:.0f} MB"
        )
        return thrown

    async def _quiet(self) -> None:
        """Wait until the service has finished its work: it only calls others for the honest people."""
        deadline = time.monotonic() + QUIET_WITHIN_SECONDS
        while time.monotonic() < deadline and (await self._ask("progress"))["quiet"] < QUIET_SECONDS:
            await asyncio.sleep(LOOK_SECONDS)

    async def _settled(self, idle: float, calm: float) -> float:
        """The memory, as soon as it was released or after the time for that."""
        allowed, deadline = idle + self.plan.bounds.kept_megabytes, calm + self.plan.bounds.settle_seconds
        while time.monotonic() < deadline and self.watch.megabytes > allowed:
            await asyncio.sleep(LOOK_SECONDS)
        return self.watch.megabytes

    async def _answered(self, honest: HonestPeople, thrown: Sequence[Thrown]) -> Audit:
        """The audit, as soon as every honest message was answered or after the time for that."""
        now = time.time()
        expected = honest.posted | {
            (person_asking(number), 0): now for family in thrown for number in family.tally["went_on"]
        }
        deadline = time.monotonic() + ANSWERED_WITHIN_SECONDS
        while True:
            heard = [(person, number, at) for person, number, at in (await self._ask("report"))["heard"]]
            audit = Audit(written=honest.written, posted=expected, heard=heard)
            if not audit.lost or time.monotonic() > deadline:
                return audit
            await asyncio.sleep(LOOK_SECONDS)

    async def _ask(self, what: str) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return dict((await client.get(f"{self.target.outside.address}/attack/{what}")).json())
