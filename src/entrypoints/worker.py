"""The worker: claims ready conversations and answers them, many at a time, for as long as it holds their leases."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import batched

import structlog
from attrs import define

from application.answer_conversation import AnswerConversation
from application.ports.mailbox import Claim, LeaseLostError, Mailbox
from application.ports.store import StoreUnavailableError
from entrypoints.metrics import Metrics

CLAIM_WAIT_SECONDS = 1.0
PROMOTE_SECONDS = 0.1
FULL_SECONDS = 0.05
TROUBLE_SECONDS = 0.5
SETTLING_SECONDS = 1.0
TAKEN_AT_ONCE = 100
RENEWED_AT_ONCE = 500

logger = structlog.get_logger(__name__)


@define(eq=False)
class _Job:
    """A claimed conversation being answered; `until` (monotonic) is how long its lease holds as far as we know."""

    claim: Claim
    until: float

    def holds(self) -> bool:
        return time.monotonic() < self.until


class Worker:
    """Answers up to `concurrency` conversations at once; `name` must be its own among all workers.

    Told to stop, it finishes what it can within `grace_seconds` and hands back the rest.
    """

    def __init__(
        self,
        *,
        name: str,
        mailbox: Mailbox,
        answer: AnswerConversation,
        metrics: Metrics,
        concurrency: int,
        grace_seconds: float,
    ) -> None:
        self._name = name
        self._mailbox = mailbox
        self._answer = answer
        self._metrics = metrics
        self._concurrency = concurrency
        self._grace_seconds = grace_seconds
        self._jobs: dict[_Job, asyncio.Task[None]] = {}
        self._preparing = asyncio.Lock()
        self._in_touch_since: float | None = None

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set and everything is finished or handed back."""
        async with asyncio.TaskGroup() as group:
            renewing = group.create_task(self._repeat(self._renew, asyncio.Event()))
            steps = (self._claim, self._promote, self._reap)
            loops = [
                group.create_task(self._repeat(partial(step, partition), stopping))
                for partition in range(self._mailbox.partitions)
                for step in steps
            ]
            await asyncio.wait(loops)
            await self._drain()
            renewing.cancel()

    async def _repeat(self, step: Callable[[], Awaitable[float]], until: asyncio.Event) -> None:
        """Do `step` again and again, pausing as long as it says; wait out store trouble without a stampede."""
        while not until.is_set():
            try:
                await self._get_in_touch()
                pause = await step()
            except StoreUnavailableError as error:
                pause = self._after_trouble(error)
            if pause > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(until.wait(), pause)

    async def _get_in_touch(self) -> None:
        """Prepare the store at the start, and again after it was away: it may have come back empty."""
        if self._in_touch_since is None:
            async with self._preparing:
                if self._in_touch_since is None:
                    await self._mailbox.prepare()
                    self._in_touch_since = time.monotonic()

    def _after_trouble(self, error: StoreUnavailableError) -> float:
        if self._in_touch_since is not None:
            logger.warning("store trouble", worker=self._name, error=str(error))
        self._in_touch_since = None
        return TROUBLE_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311  (spreads load, keeps no secret)

    async def _claim(self, partition: int) -> float:
        free = self._concurrency - len(self._jobs)
        if free <= 0:
            return FULL_SECONDS
        asked = time.monotonic()
        claims = await self._mailbox.claim(
            partition=partition, worker=self._name, limit=min(free, TAKEN_AT_ONCE), wait_seconds=CLAIM_WAIT_SECONDS
        )
        self._take_up(claims, asked=asked)
        return 0

    async def _promote(self, partition: int) -> float:
        due = await self._mailbox.promote(partition=partition)
        return PROMOTE_SECONDS if due is None else max(0.001, min(due, PROMOTE_SECONDS))

    async def _reap(self, partition: int) -> float:
        """Take over from silent workers, once in touch for a whole lease: after an outage the living renew first.

        So does a worker that slept through its own leases, or it would take over from itself.
        """
        lease, asked = self._mailbox.lease_seconds, time.monotonic()
        in_touch = self._in_touch_since is not None and asked - self._in_touch_since > lease
        if in_touch and all(job.holds() for job in self._jobs):
            claims = await self._mailbox.reap(partition=partition, worker=self._name, limit=TAKEN_AT_ONCE)
            self._take_up(claims, asked=asked)
        return lease / 4

    def _take_up(self, claims: Sequence[Claim], *, asked: float) -> None:
        """Start on what was claimed. The lease counts from before we asked, so we never believe in it for too long."""
        for claim in claims:
            job = _Job(claim, asked + self._mailbox.lease_seconds)
            self._jobs[job] = asyncio.create_task(self._work(job))

    async def _work(self, job: _Job) -> None:
        log = logger.bind(worker=self._name, token=job.claim.token, delivery=job.claim.delivery)
        try:
            outcome = await self._answer(claim=job.claim, holds=job.holds)
            self._metrics.turn(outcome)
            log.debug("turn over", outcome=outcome.value)
        except LeaseLostError:
            log.warning("lease lost; another worker goes on")
        except StoreUnavailableError as error:
            log.warning("progress not recorded; whoever takes over goes on from what is", error=str(error))
        except Exception:
            log.exception("conversation could not be taken up")
        finally:
            del self._jobs[job]

    async def _renew(self) -> float:
        """Report what is being worked on; a third of the lease leaves two more chances."""
        for jobs in batched(tuple(self._jobs), RENEWED_AT_ONCE):
            asked = time.monotonic()
            lost = await self._mailbox.renew(claims=[job.claim for job in jobs])
            for job in jobs:
                if job.claim in lost:
                    self._give_up(job)
                else:
                    job.until = asked + self._mailbox.lease_seconds
        return self._mailbox.lease_seconds / 3

    def _give_up(self, job: _Job) -> None:
        """Send nothing more, and stop; but not at once: the lease may be gone because the turn was just completed."""
        job.until = 0
        if task := self._jobs.get(job):
            asyncio.get_running_loop().call_later(SETTLING_SECONDS, task.cancel)

    async def _drain(self) -> None:
        if not self._jobs:
            return
        logger.info("finishing", worker=self._name, turns=len(self._jobs), grace_seconds=self._grace_seconds)
        await asyncio.wait(self._jobs.values(), timeout=self._grace_seconds)
        unfinished = tuple(self._jobs.values())
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        logger.info("stopped", worker=self._name, handed_back=len(unfinished))
