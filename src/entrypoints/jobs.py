"""The conversations a worker has its hands on: their leases renewed, and handed back when it must end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
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
    """Jobs under way; `work` does one, and ends when it is cancelled."""

    def __init__(self, *, mailbox: Mailbox, work: Callable[[Job], Awaitable[None]]) -> None:
        self._mailbox = mailbox
        self._work = work
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

    async def renew(self) -> int:
        """Report what is being worked on; answers how many leases were found lost."""
        found_lost = 0
        for jobs in batched(tuple(self._tasks), RENEWED_AT_ONCE):
            asked = time.monotonic()
            lost = await self._mailbox.renew(claims=[job.claim for job in jobs])
            for job in jobs:
                if job.claim in lost:
                    found_lost += self._give_up(job)
                else:
                    job.until = asked + self._mailbox.lease_seconds
        return found_lost

    def _give_up(self, job: Job) -> bool:
        """Send nothing more, and stop; but not at once: the lease may be gone because the turn was just completed."""
        job.until = 0
        task = self._tasks.get(job)
        if task is not None:
            asyncio.get_running_loop().call_later(SETTLING_SECONDS, task.cancel)
        return task is not None

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
