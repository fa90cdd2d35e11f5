"""A worker's right to answer a conversation, for a limited time."""

import asyncio
import contextlib
import datetime as dt
import random
import time
from collections.abc import Awaitable, Callable

from attrs import define, field

from application.ports.leases import Claim, LeaseLostError, Leases
from application.ports.store import StoreUnavailableError
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn, SavedReply, Turns
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import Turn, UnconfirmedSend

INSIST_SECONDS = 0.2
MAX_INSIST_SECONDS = 2.0


@define(kw_only=True, eq=False)
class Lease:
    """A claim that holds until `expires_at` (monotonic), and the steps of the turn that is answered under it.

    `turn` is the turn as it began. `state` is the state of the conversation, as the latest step found it. `changes`
    collects what the present step changes; the next one that records progress stores it.

    While the store is away, the steps that record progress are repeated until it answers. After `expires_at` the store
    decides whether the claim still holds: perhaps nobody took over. `unconfirmed` is true while a part may have
    been sent and nobody knows it.
    """

    turns: Turns
    leases: Leases
    claim: Claim
    expires_at: float
    unconfirmed: bool = field(default=False, init=False)
    turn: Turn | None = field(default=None, init=False)
    state: ConversationState = field(default=ConversationState(), init=False)
    changes: TurnChanges = field(factory=TurnChanges, init=False)

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
        lost = await self._repeat(self.leases.renew, claims=[self.claim])
        if lost:
            raise LeaseLostError

    async def begin(self, *, spent_on: dt.date | None = None) -> BegunTurn | None:
        begun = await self._repeat(self.turns.begin, claim=self.claim, spent_on=spent_on)
        if begun is not None:
            self.turn, self.state = begun.turn, begun.state
        return begun

    async def save_reply(self, reply: Reply) -> SavedReply:
        saved = await self._insist(self.turns.save_reply, reply=reply)
        self.state = saved.state
        return saved

    async def record_sent(self) -> None:
        self.state = await self._insist(self.turns.record_sent)

    async def complete(self) -> None:
        await self._insist(self.turns.complete)

    async def retry_later(
        self, *, after_seconds: float, error: str, unconfirmed: UnconfirmedSend | None = None
    ) -> None:
        await self.turns.retry_later(
            claim=self.claim,
            after_seconds=after_seconds,
            error=error,
            unconfirmed=unconfirmed,
            changes=self.changes,
        )

    async def defer(self, *, after_seconds: float) -> None:
        await self.turns.defer(claim=self.claim, after_seconds=after_seconds, changes=self.changes)

    async def dead_letter(self, *, reason: str) -> int:
        return await self.turns.dead_letter(claim=self.claim, reason=reason, changes=self.changes)

    async def release(self) -> None:
        """Hand the conversation back, unless the next worker must wait for the confirmation of a send.

        In that case the lease runs out: a worker that takes over waits for the confirmation, one with a new claim would
        send at once. Of `changes`, only the parts that were sent are stored, and, while an agent is asked, which one
        that is, with what was decided about it. The next worker comes to the rest itself.
        """
        if not self.unconfirmed:
            sent, parts = self.changes.sent, self.changes.parts
            kept = TurnChanges(sent=sent, parts=parts, agent=self.changes.agent)
            if self.changes.agent:
                kept.state = self.changes.state
            await self.leases.release(claim=self.claim, changes=kept)

    async def _insist[T](self, step: Callable[..., Awaitable[T]], **arguments: object) -> T:
        """Take a step, with the changes so far."""
        try:
            result = await self._repeat(step, claim=self.claim, changes=self.changes, **arguments)
        except asyncio.CancelledError:
            # The worker stops before the store answered: try once more to record what was done.
            with contextlib.suppress(LeaseLostError, StoreUnavailableError):
                await step(claim=self.claim, changes=self.changes, **arguments)
                self.changes = TurnChanges()
            raise
        self.changes = TurnChanges()
        return result

    async def _repeat[**Arguments, T](
        self, step: Callable[Arguments, Awaitable[T]], *args: Arguments.args, **arguments: Arguments.kwargs
    ) -> T:
        pause = INSIST_SECONDS
        while True:
            try:
                return await step(*args, **arguments)
            except StoreUnavailableError:
                # Many turns wait for the same store: spread their attempts, and make them rarer with time.
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  (keeps no secret)
                pause = min(2 * pause, MAX_INSIST_SECONDS)
