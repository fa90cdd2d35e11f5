"""Claims ready conversations and answers them, many at a time, while their leases hold."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

import structlog

from application.answering.answer_conversation import AnswerConversation
from application.lease import Lease
from application.ports.leases import Claim, LeaseLostError, Leases
from application.ports.store import StoreUnavailableError
from application.ports.turns import Turns
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.observability.turn_log import TurnLog
from entrypoints.observability.turn_metrics import TurnMetrics
from entrypoints.worker.admission import Admission
from entrypoints.worker.held_leases import HeldLeases
from entrypoints.worker.store_connection_monitor import StoreConnectionMonitor

CLAIM_WAIT_SECONDS = 0.5
# So late may a conversation be that began to wait since the last look, and waits for less than this.
PROMOTE_SECONDS = 0.25
# Those that are due in so short a time become ready together.
TOGETHER_SECONDS = 0.02
# The pause while there is no free place. So long a stop may wait for a store that is away.
RECHECK_SECONDS = 0.05
CLAIMED_AT_ONCE = 100

logger = structlog.get_logger(__name__)


class Worker:
    """Answers up to `concurrency` conversations at once. Every worker needs a `name` of its own.

    When it is stopped, it finishes what it can within `grace_seconds` and hands back the rest.
    """

    def __init__(
        self,
        *,
        name: str,
        turns: Turns,
        leases: Leases,
        answer: AnswerConversation,
        metrics: TurnMetrics,
        outages: StoreOutageLog,
        concurrency: int,
        grace_seconds: float,
    ) -> None:
        self._name = name
        self._leases = leases
        self._partitions = leases.partitions
        self._answer = answer
        self._metrics = metrics
        self._log = TurnLog(worker=name)
        self._concurrency = concurrency
        self._grace_seconds = grace_seconds
        self._store = StoreConnectionMonitor(leases=leases, outages=outages)
        self._held = HeldLeases(turns=turns, leases=leases, work=self._work, lost=self._lost)
        # Places that a call to the store under way may fill.
        self._reserved = 0
        self._admission = Admission(CLAIMED_AT_ONCE)
        self._stopping = asyncio.Event()

    def use(self, answer: AnswerConversation) -> None:
        """Answer the turns that begin from now on with this."""
        self._answer = answer

    async def run(self, *, stopping: asyncio.Event, beside_web: bool = False) -> None:
        """Work until `stopping` is set and every turn is finished or handed back.

        With `beside_web`, few turns begin at once while the event loop is late: webhooks are answered first.
        No turn goes on after this returns or raises: a turn whose lease nobody renews would be answered twice.
        """
        self._stopping = stopping
        self._metrics.places(self._concurrency)
        try:
            async with asyncio.TaskGroup() as group:
                lasting = [
                    group.create_task(self._store.run()),
                    group.create_task(self._repeat(self._renew, until=asyncio.Event())),
                ]
                if beside_web:
                    self._admission.adapt()
                steps = (self._claim, self._promote, self._reap)
                loops = [
                    group.create_task(self._repeat(partial(step, partition), until=stopping))
                    for partition in range(self._partitions)
                    for step in steps
                ]
                await stopping.wait()
                await asyncio.gather(self._finish(), self._end(loops))
                for task in lasting:
                    task.cancel()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        finally:
            await self._held.hand_back()

    async def _repeat(self, step: Callable[[], Awaitable[float]], *, until: asyncio.Event) -> None:
        """Run `step` until `until` is set, and pause for the seconds it returns. While the store is away, only wait."""
        while not until.is_set():
            if self._store.connected_since is None:
                await self._store.until_connected(at_most_seconds=RECHECK_SECONDS)
                continue
            asked_at = time.monotonic()
            try:
                pause = await step()
            except StoreUnavailableError as error:
                self._store.report_failure(error, asked_at=asked_at)
                pause = RECHECK_SECONDS
            if pause > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(until.wait(), pause)

    async def _claim(self, partition: int) -> float:
        """Claim for a share of the free places.

        When there are fewer places than partitions, the call must not wait: another partition may need the places.
        """
        free = self._free()
        if free <= 0:
            return RECHECK_SECONDS
        wait = CLAIM_WAIT_SECONDS if free >= self._partitions else 0
        ask = partial(self._leases.claim, partition=partition, worker=self._name, wait_seconds=wait)
        limit = min(math.ceil(free / self._partitions), self._admission.at_once)
        taken = await self._take(ask, limit=limit)
        if taken == limit:
            self._admission.more_are_ready()
        return 0 if wait or taken else RECHECK_SECONDS

    async def _promote(self, partition: int) -> float:
        due = await self._leases.promote(partition=partition)
        return PROMOTE_SECONDS if due is None else max(TOGETHER_SECONDS, min(due, PROMOTE_SECONDS))

    async def _reap(self, partition: int) -> float:
        """Take over from workers that stopped renewing.

        Waits until the store was there for a whole lease, because after an outage running workers renew first. Also
        waits while a lease of this worker has expired, or it would take over from itself.
        """
        lease_seconds, limit = self._leases.lease_seconds, min(self._free(), self._admission.at_once)
        connected_since = self._store.connected_since
        connected = connected_since is not None and time.monotonic() - connected_since > lease_seconds
        if limit <= 0 or not connected or not self._held.all_held():
            return lease_seconds / 4
        ask = partial(self._leases.reap, partition=partition, worker=self._name)
        more = await self._take(ask, limit=limit) == limit
        return 0 if more else lease_seconds / 4

    def _free(self) -> int:
        return self._concurrency - len(self._held) - self._reserved

    async def _take(self, ask: Callable[..., Awaitable[Sequence[Claim]]], *, limit: int) -> int:
        """Claim up to `limit` conversations and start work on them. Their places are reserved meanwhile."""
        asked_at = time.monotonic()
        self._reserved += limit
        try:
            claims = await ask(limit=limit)
        finally:
            self._reserved -= limit
        if self._stopping.is_set():
            await self._refuse(claims)
        else:
            self._held.start(claims, asked_at=asked_at)
        return len(claims)

    async def _refuse(self, claims: Sequence[Claim]) -> None:
        """Hand back what was claimed while this worker was stopped."""
        for claim in claims:
            with contextlib.suppress(LeaseLostError):
                await self._leases.release(claim=claim)

    async def _work(self, lease: Lease) -> None:
        began, channel = time.monotonic(), lease.claim.channel
        structlog.contextvars.bind_contextvars(token=lease.claim.token, channel=channel)
        if lease.claim.delivery > 1:
            self._metrics.taken_over(channel=channel)
        try:
            outcome = await self._answer(lease=lease)
            self._metrics.ended(outcome, channel=channel)
            self._log.ended(outcome, lease=lease, seconds=time.monotonic() - began)
        except LeaseLostError:
            self._metrics.abandoned("lease_lost", channel=channel)
            logger.debug("lease lost; another worker continues the turn", **self._ids(lease))
        except StoreUnavailableError as error:
            self._metrics.abandoned("store_away", channel=channel)
            logger.debug(
                "store unavailable; the turn continues from its last recorded step",
                error=str(error),
                **self._ids(lease),
            )
        except Exception:
            logger.exception("turn failed unexpectedly", **self._ids(lease))

    def _ids(self, lease: Lease) -> dict[str, object]:
        return {"worker": self._name, "token": lease.claim.token, "delivery": lease.claim.delivery}

    async def _renew(self) -> float:
        """Renew three times a lease, so that two failures do no harm."""
        self._metrics.in_flight(self._held.by_channel())
        await self._held.renew()
        return self._leases.lease_seconds / 3

    def _lost(self, leases: Sequence[Lease]) -> None:
        for lease in leases:
            self._metrics.abandoned("lease_lost", channel=lease.claim.channel)
        logger.warning("leases lost; other workers continue the turns", worker=self._name, turns=len(leases))

    async def _finish(self) -> None:
        logger.info("worker is stopping", worker=self._name, turns=len(self._held), grace_seconds=self._grace_seconds)
        await self._held.finish(within_seconds=self._grace_seconds)
        handed_back = await self._held.hand_back()
        logger.info("worker has stopped", worker=self._name, handed_back=handed_back)

    async def _end(self, loops: Collection[asyncio.Task[None]]) -> None:
        """Let calls to the store end, since they may return claims. Cancel them where the store does not answer."""
        await asyncio.wait(loops, timeout=4 * CLAIM_WAIT_SECONDS)
        for loop in loops:
            loop.cancel()
