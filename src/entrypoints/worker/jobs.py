"""The conversations a worker has its hands on: their leases renewed, and handed back when it must end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import batched

from attrs import define

from application.ports.mailbox import Claim, Mailbox

SETTLING_SECONDS = 1.0
HAND_BACK_SECONDS = 2.5
LEAVE_SECONDS = 0.1
RENEWED_AT_ONCE = 500


@define(eq=False)
class Job:
    """A claimed conversation being answered; `until` (monotonic) is how long its lease holds as far as we know."""

    claim: Claim
    until: float

    def holds(self) -> bool:
        return time.monotonic() < self.until


class Jobs:
    """Jobs under way; `work` does one, and ends when it is cancelled; `lost` hears of those that had to end so."""

    def __init__(
        self, *, mailbox: Mailbox, work: Callable[[Job], Awaitable[None]], lost: Callable[[Sequence[Job]], None]
    ) -> None:
        self._mailbox = mailbox
        self._work = work
        self._lost = lost
        self._tasks: dict[Job, asyncio.Future[None]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def all_hold(self) -> bool:
        return all(job.holds() for job in self._tasks)

    def start(self, claims: Iterable[Claim], *, asked: float) -> None:
        """The leases count from before we asked (monotonic), so we never believe in them for too long."""
        for claim in claims:
            job = Job(claim, asked + self._mailbox.lease_seconds)
            task = self._tasks[job] = asyncio.ensure_future(self._work(job))
            task.add_done_callback(partial(self._forget, job))

    def _forget(self, job: Job, _: asyncio.Future[None]) -> None:
        del self._tasks[job]

    async def renew(self) -> None:
        """Report what is being worked on, all of it at once: each report waits behind the steps of other turns."""
        await asyncio.gather(*(self._renew(jobs) for jobs in batched(tuple(self._tasks), RENEWED_AT_ONCE)))

    async def _renew(self, jobs: Sequence[Job]) -> None:
        asked = time.monotonic()
        over = set(await self._mailbox.renew(claims=[job.claim for job in jobs]))
        for job in jobs:
            job.until = 0 if job.claim in over else asked + self._mailbox.lease_seconds
        # Not at once: a lease is over as well when the turn was just completed.
        asyncio.get_running_loop().call_later(
            SETTLING_SECONDS, self._give_up, [job for job in jobs if job.claim in over]
        )

    def _give_up(self, jobs: Sequence[Job]) -> None:
        unfinished = [job for job in jobs if job in self._tasks]
        for job in unfinished:
            self._tasks[job].cancel()
        if unfinished:
            self._lost(unfinished)

    async def finish(self, *, within_seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=within_seconds)

    async def hand_back(self) -> int:
        """End what is under way; each job gives its conversation back. Where the store is away, the leases run out.

        Told once, a job still records what it can and hands back; told again, it leaves the step it waits for.
        """
        unfinished = set(self._tasks.values())
        count = len(unfinished)
        for seconds in (HAND_BACK_SECONDS, LEAVE_SECONDS, LEAVE_SECONDS):
            for task in unfinished:
                task.cancel()
            if unfinished:
                _, unfinished = await asyncio.wait(unfinished, timeout=seconds)
        return count
