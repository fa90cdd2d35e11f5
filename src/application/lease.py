"""A worker's hold on a conversation while it answers."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

from attrs import define, field

from application.ports.mailbox import Claim, LeaseLostError, Mailbox
from application.ports.store import StoreUnavailableError
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn, UnconfirmedSend

INSIST_SECONDS = 0.2
MAX_INSIST_SECONDS = 2.0


@define(kw_only=True)
class Lease:
    """A claim, and `holds`, which tells whether by our clock it still holds for sure.

    While the store is away, steps are repeated until it answers: what was said and sent is not forgotten lightly. Where
    our clock cannot tell any more, the store decides: perhaps nobody took over. `unproven` is set while a part may have
    been sent and the store does not know it.
    """

    mailbox: Mailbox
    claim: Claim
    holds: Callable[[], bool]
    unproven: bool = field(default=False, init=False)

    async def require(self) -> None:
        """Call before anything the store cannot fence.

        Raises:
            LeaseLostError: another worker has the conversation.
        """
        if self.holds():
            return
        lost = await self._repeat(lambda: self.mailbox.renew(claims=[self.claim]))
        if lost:
            raise LeaseLostError

    async def begin(self) -> Turn | None:
        return await self._repeat(lambda: self.mailbox.begin(claim=self.claim))

    async def save_reply(self, reply: Reply) -> None:
        await self._insist(lambda: self.mailbox.save_reply(claim=self.claim, reply=reply))

    async def record_sent(self, part: int, message_id: str) -> None:
        async def record() -> None:
            await self.mailbox.record_sent(claim=self.claim, part=part, message_id=message_id)
            self.unproven = False

        await self._insist(record)

    async def complete(self) -> None:
        await self._insist(lambda: self.mailbox.complete(claim=self.claim))

    async def retry_later(
        self, *, after_seconds: float, error: str, unconfirmed: UnconfirmedSend | None = None
    ) -> None:
        await self.mailbox.retry_later(
            claim=self.claim, after_seconds=after_seconds, error=error, unconfirmed=unconfirmed
        )

    async def defer(self, *, after_seconds: float) -> None:
        await self.mailbox.defer(claim=self.claim, after_seconds=after_seconds)

    async def dead_letter(self, *, reason: str) -> int:
        return await self.mailbox.dead_letter(claim=self.claim, reason=reason)

    async def release(self) -> None:
        """Hand the conversation back, unless the next worker must wait for the proof of a send.

        Then the lease runs out: a takeover waits for it, a fresh claim would send at once.
        """
        if not self.unproven:
            await self.mailbox.release(claim=self.claim)

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._repeat(step)
        except asyncio.CancelledError:
            # Told to stop before the store answered: what was said and sent is still worth one more try.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                await step()
            raise

    async def _repeat[T](self, step: Callable[[], Awaitable[T]]) -> T:
        pause = INSIST_SECONDS
        while True:
            try:
                return await step()
            except StoreUnavailableError:
                # Many turns wait for the same store: spread out, and the longer it is away, the rarer.
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (keeps no secret)
                pause = min(2 * pause, MAX_INSIST_SECONDS)
