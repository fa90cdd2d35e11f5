"""A worker's hold on a conversation while it answers."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from attrs import frozen

from application.ports.mailbox import Claim, LeaseLostError, Mailbox
from application.ports.store import StoreUnavailableError
from domain.replies import Reply

INSIST_SECONDS = 0.2


@frozen(kw_only=True)
class Lease:
    """A claim, and `holds`, which tells whether it may still be believed in.

    What was said and sent should not be forgotten lightly: while the store is away, those steps are repeated for as
    long as the lease holds.
    """

    mailbox: Mailbox
    claim: Claim
    holds: Callable[[], bool]

    def require(self) -> None:
        """Call before anything the store cannot fence.

        Raises:
            LeaseLostError: another worker may have the conversation.
        """
        if not self.holds():
            raise LeaseLostError

    async def save_reply(self, reply: Reply) -> None:
        await self._insist(lambda: self.mailbox.save_reply(claim=self.claim, reply=reply))

    async def record_sent(self, part: int, message_id: str) -> None:
        await self._insist(lambda: self.mailbox.record_sent(claim=self.claim, part=part, message_id=message_id))

    async def complete(self) -> None:
        await self._insist(lambda: self.mailbox.complete(claim=self.claim))

    async def put_off(self, *, after_seconds: float, error: str, doubt: bool = False) -> None:
        await self.mailbox.put_off(claim=self.claim, after_seconds=after_seconds, error=error, doubt=doubt)

    async def bury(self, *, reason: str) -> None:
        await self.mailbox.bury(claim=self.claim, reason=reason)

    async def release(self) -> None:
        await self.mailbox.release(claim=self.claim)

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._repeat(step)
        except asyncio.CancelledError:
            # Told to stop before the store answered: what was said and sent is still worth one more try.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                await step()
            raise

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await step()
            except StoreUnavailableError:
                if not self.holds():
                    raise
                await asyncio.sleep(INSIST_SECONDS)
