"""The worker: claims ready conversations and answers them, many at a time, for as long as it holds their leases."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

import structlog

from application.answering.answer_conversation import AnswerConversation
from application.ports.mailbox import Claim, LeaseLostError, Mailbox
from application.ports.store import StoreUnavailableError
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.worker.jobs import Job, Jobs
from entrypoints.worker.store_connection_monitor import StoreConnectionMonitor

CLAIM_WAIT_SECONDS = 0.5
PROMOTE_SECONDS = 0.1
# How soon to look again for a free place, or for the store.
LOOK_AGAIN_SECONDS = 0.05
TAKEN_AT_ONCE = 100

logger = structlog.get_logger(__name__)


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
        trouble: StoreOutageLog,
        concurrency: int,
        grace_seconds: float,
    ) -> None:
        self._name = name
        self._mailbox = mailbox
        self._answer = answer
        self._metrics = metrics
        self._concurrency = concurrency
        self._grace_seconds = grace_seconds
        self._contact = StoreConnectionMonitor(mailbox=mailbox, trouble=trouble)
        self._jobs = Jobs(mailbox=mailbox, work=self._work, lost=self._lost)
        self._asked_for = 0
        self._stopping = asyncio.Event()

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set and everything is finished or handed back.

        No turn outlives it, however it ends: one whose lease nobody renews would be answered twice.
        """
        self._stopping = stopping
        try:
            async with asyncio.TaskGroup() as group:
                lasting = [
                    group.create_task(self._contact.keep()),
                    group.create_task(self._repeat(self._renew, until=asyncio.Event())),
                ]
                steps = (self._claim, self._promote, self._reap)
                loops = [
                    group.create_task(self._repeat(partial(step, partition), until=stopping))
                    for partition in range(self._mailbox.partitions)
                    for step in steps
                ]
                await stopping.wait()
                await asyncio.gather(self._finish(), self._end(loops))
                for task in lasting:
                    task.cancel()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        finally:
            await self._jobs.hand_back()

    async def _repeat(self, step: Callable[[], Awaitable[float]], *, until: asyncio.Event) -> None:
        """Do `step` again and again, pausing as long as it says, while there is contact with the store."""
        while not until.is_set():
            asked = time.monotonic()
            try:
                pause = LOOK_AGAIN_SECONDS if self._contact.since is None else await step()
            except StoreUnavailableError as error:
                self._contact.lose(error, asked=asked)
                pause = LOOK_AGAIN_SECONDS
            if pause > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(until.wait(), pause)

    async def _claim(self, partition: int) -> float:
        """Ask for a share of the free places. The last ones must not wait here: another partition may need them."""
        free = self._free()
        if free <= 0:
            return LOOK_AGAIN_SECONDS
        wait = CLAIM_WAIT_SECONDS if free >= self._mailbox.partitions else 0
        claim = partial(self._mailbox.claim, partition=partition, worker=self._name, wait_seconds=wait)
        taken = await self._take(claim, limit=min(math.ceil(free / self._mailbox.partitions), TAKEN_AT_ONCE))
        return 0 if wait or taken else LOOK_AGAIN_SECONDS

    async def _promote(self, partition: int) -> float:
        due = await self._mailbox.promote(partition=partition)
        return PROMOTE_SECONDS if due is None else max(0.001, min(due, PROMOTE_SECONDS))

    async def _reap(self, partition: int) -> float:
        """Take over from silent workers, once in touch for a whole lease: after an outage the living renew first.

        So does a worker that slept through its own leases, or it would take over from itself.
        """
        lease, limit = self._mailbox.lease_seconds, min(self._free(), TAKEN_AT_ONCE)
        in_touch = self._contact.since is not None and time.monotonic() - self._contact.since > lease
        if limit <= 0 or not in_touch or not self._jobs.all_hold():
            return lease / 4
        reap = partial(self._mailbox.reap, partition=partition, worker=self._name)
        more = await self._take(reap, limit=limit) == limit
        return 0 if more else lease / 4

    def _free(self) -> int:
        return self._concurrency - len(self._jobs) - self._asked_for

    async def _take(self, ask: Callable[..., Awaitable[Sequence[Claim]]], *, limit: int) -> int:
        """Start on what is claimed; the places asked for are nobody else's meanwhile."""
        asked = time.monotonic()
        self._asked_for += limit
        try:
            claims = await ask(limit=limit)
        finally:
            self._asked_for -= limit
        if self._stopping.is_set():
            await self._refuse(claims)
        else:
            self._jobs.start(claims, asked=asked)
        return len(claims)

    async def _refuse(self, claims: Sequence[Claim]) -> None:
        """They came when we were told to stop: another worker has more time for them."""
        for claim in claims:
            with contextlib.suppress(LeaseLostError):
                await self._mailbox.release(claim=claim)

    async def _work(self, job: Job) -> None:
        log = logger.bind(worker=self._name, token=job.claim.token, delivery=job.claim.delivery)
        try:
            outcome = await self._answer(claim=job.claim, holds=job.holds)
            self._metrics.turn(outcome)
            log.debug("turn over", outcome=outcome.value)
        except LeaseLostError:
            self._metrics.abandoned("lease_lost")
            log.debug("lease lost; another worker goes on")
        except StoreUnavailableError as error:
            self._metrics.abandoned("store_away")
            log.debug("progress not recorded; whoever takes over goes on from what is", error=str(error))
        except Exception:
            log.exception("conversation could not be taken up")

    async def _renew(self) -> float:
        """A third of the lease leaves two more chances."""
        await self._jobs.renew()
        return self._mailbox.lease_seconds / 3

    def _lost(self, jobs: Sequence[Job]) -> None:
        for _ in jobs:
            self._metrics.abandoned("lease_lost")
        logger.warning("leases lost; other workers go on", worker=self._name, turns=len(jobs))

    async def _finish(self) -> None:
        logger.info("finishing", worker=self._name, turns=len(self._jobs), grace_seconds=self._grace_seconds)
        await self._jobs.finish(within_seconds=self._grace_seconds)
        handed_back = await self._jobs.hand_back()
        logger.info("stopped", worker=self._name, handed_back=handed_back)

    async def _end(self, loops: Collection[asyncio.Task[None]]) -> None:
        """A claim under way is waited for, since it may bring conversations; from a stalled store nothing comes."""
        await asyncio.wait(loops, timeout=4 * CLAIM_WAIT_SECONDS)
        for loop in loops:
            loop.cancel()
