"""A worker's right to answer a conversation, for a limited time."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable

from attrs import define, field

from application.ports.leases import Claim, LeaseLostError, Leases
from application.ports.store import StoreUnavailableError
from application.ports.turns import Turns
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn, UnconfirmedSend

INSIST_SECONDS = 0.2
MAX_INSIST_SECONDS = 2.0


@define(kw_only=True, eq=False)
class Lease:
    """A claim that holds until `expires_at` (monotonic), and the steps of the turn that is answered under it.

    While the store is away, the steps that record progress are repeated until it answers. After `expires_at` the store
    decides whether the claim still holds: perhaps nobody took over. `unconfirmed` is true while a part may have
    been sent and the store does not know it.
    """

    turns: Turns
    leases: Leases
    claim: Claim
    expires_at: float
    unconfirmed: bool = field(default=False, init=False)

    @property
    def is_held(self) -> bool:
        """Whether the claim holds for certain, by the clock of this process."""
        return time.monotonic() < self.expires_at

    async def require(self) -> None:
        """Make sure that the claim still holds. To be called before anything that the store cannot fence.

        Raises:
            LeaseLostError: another worker has the conversation.
        """
        if self.is_held:
            return
        lost = await self._repeat(lambda: self.leases.renew(claims=[self.claim]))
        if lost:
            raise LeaseLostError

    async def begin(self) -> Turn | None:
        return await self._repeat(lambda: self.turns.begin(claim=self.claim))

    async def save_reply(self, reply: Reply) -> None:
        await self._insist(lambda: self.turns.save_reply(claim=self.claim, reply=reply))

    async def record_sent(self, part: int, message_id: str) -> None:
        async def record() -> None:
            await self.turns.record_sent(claim=self.claim, part=part, message_id=message_id)
            self.unconfirmed = False

        await self._insist(record)

    async def complete(self) -> None:
        await self._insist(lambda: self.turns.complete(claim=self.claim))

    async def retry_later(
        self, *, after_seconds: float, error: str, unconfirmed: UnconfirmedSend | None = None
    ) -> None:
        await self.turns.retry_later(
            claim=self.claim, after_seconds=after_seconds, error=error, unconfirmed=unconfirmed
        )

    async def defer(self, *, after_seconds: float) -> None:
        await self.turns.defer(claim=self.claim, after_seconds=after_seconds)

    async def dead_letter(self, *, reason: str) -> int:
        return await self.turns.dead_letter(claim=self.claim, reason=reason)

    async def release(self) -> None:
        """Hand the conversation back, unless the next worker must wait for the confirmation of a send.

        In that case the lease runs out: a worker that takes over waits for the confirmation, one with a new claim would
        send at once.
        """
        if not self.unconfirmed:
            await self.leases.release(claim=self.claim)

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._repeat(step)
        except asyncio.CancelledError:
            # The worker stops before the store answered: try once more to record what was done.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                await step()
            raise

    async def _repeat[T](self, step: Callable[[], Awaitable[T]]) -> T:
        pause = INSIST_SECONDS
        while True:
            try:
                return await step()
            except StoreUnavailableError:
                # Many turns wait for the same store: spread their attempts, and make them rarer with time.
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (keeps no secret)
                pause = min(2 * pause, MAX_INSIST_SECONDS)
