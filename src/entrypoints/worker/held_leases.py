"""The leases of one worker, with the work that is done under them."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import batched

from application.lease import Lease
from application.ports.leases import Claim, Leases
from application.ports.turns import Turns

# A lease also counts as lost when its turn was just completed: that work gets so long to end by itself.
SETTLING_SECONDS = 1.0
HAND_BACK_SECONDS = 2.5
LEAVE_SECONDS = 0.1
RENEWED_AT_ONCE = 500


class HeldLeases:
    """Starts `work` for each claim, renews the leases while it runs, and cancels it when its lease is lost.

    `lost` is called with the leases whose work was cancelled for that reason.
    """

    def __init__(
        self,
        *,
        turns: Turns,
        leases: Leases,
        work: Callable[[Lease], Coroutine[None, None, None]],
        lost: Callable[[Sequence[Lease]], None],
    ) -> None:
        self._turns = turns
        self._leases = leases
        self._work = work
        self._lost = lost
        self._held: dict[asyncio.Task[None], Lease] = {}

    def __len__(self) -> int:
        return len(self._held)

    def by_channel(self) -> Mapping[str, int]:
        """How many there are of each channel."""
        return Counter(lease.claim.channel for lease in self._held.values())

    def all_held(self) -> bool:
        return all(lease.is_held for lease in self._held.values())

    def start(self, claims: Iterable[Claim], *, asked_at: float) -> None:
        """Start work on each claim. A lease counts from `asked_at` (monotonic), before the store was asked for it."""
        loop, expires_at = asyncio.get_running_loop(), asked_at + self._leases.lease_seconds
        for claim in claims:
            lease = Lease(turns=self._turns, leases=self._leases, claim=claim, expires_at=expires_at)
            # The first step of all of them goes to the store together, in this step of the event loop.
            task = asyncio.Task(self._work(lease), loop=loop, eager_start=True)
            self._held[task] = lease
            task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        del self._held[task]

    async def renew(self) -> None:
        """Renew all leases concurrently: each call to the store waits behind the steps of other turns."""
        await asyncio.gather(*(self._renew(leases) for leases in batched(tuple(self._held.values()), RENEWED_AT_ONCE)))

    async def _renew(self, leases: Sequence[Lease]) -> None:
        asked_at = time.monotonic()
        lost_claims = set(await self._leases.renew(claims=[lease.claim for lease in leases]))
        for lease in leases:
            lease.expires_at = 0 if lease.claim in lost_claims else asked_at + self._leases.lease_seconds
        if lost := {lease for lease in leases if lease.claim in lost_claims}:
            asyncio.get_running_loop().call_later(SETTLING_SECONDS, self._give_up, lost)

    def _give_up(self, leases: set[Lease]) -> None:
        unfinished = {task: lease for task, lease in self._held.items() if lease in leases}
        for task in unfinished:
            task.cancel()
        if unfinished:
            self._lost(tuple(unfinished.values()))

    async def finish(self, *, within_seconds: float) -> None:
        if self._held:
            await asyncio.wait(self._held, timeout=within_seconds)

    async def hand_back(self) -> int:
        """Cancel all work. Returns how much there was.

        The first cancellation lets the work record its progress and hand its conversation back. The later ones end the
        step that it waits for. Where the store is away, the leases run out.
        """
        unfinished = set(self._held)
        count = len(unfinished)
        for seconds in (HAND_BACK_SECONDS, LEAVE_SECONDS, LEAVE_SECONDS):
            for task in unfinished:
                task.cancel()
            if unfinished:
                _, unfinished = await asyncio.wait(unfinished, timeout=seconds)
        return count
