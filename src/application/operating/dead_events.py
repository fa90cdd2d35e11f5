"""Look at events that a receiver did not take, and send them again."""

from collections.abc import Sequence

from attrs import frozen

from application.ports.event_outbox import DeadEvent, EventOutbox


class UnknownReceiverError(Exception):
    """No receiver of events has this name."""


@frozen(kw_only=True)
class DeadEvents:
    """The dead events of each of the `receivers`. All methods raise `UnknownReceiverError` for another name."""

    receivers: Sequence[str]
    outbox: EventOutbox

    async def counts(self) -> dict[str, int]:
        """How many dead events each receiver has."""
        return {receiver: await self.outbox.count_dead(receiver=receiver) for receiver in self.receivers}

    async def of(self, receiver: str, *, limit: int) -> tuple[DeadEvent, ...]:
        """Oldest first."""
        self._check(receiver)
        return await self.outbox.dead(receiver=receiver, limit=limit)

    async def replay(self, receiver: str, *, event_id: str) -> None:
        """Send the event again, before newer events and beside their order.

        Raises:
            UnknownDeadEventError: there is none with this id.
        """
        self._check(receiver)
        await self.outbox.replay(receiver=receiver, event_id=event_id)

    async def discard(self, receiver: str, *, event_id: str) -> None:
        """Forget the event.

        Raises:
            UnknownDeadEventError: there is none with this id.
        """
        self._check(receiver)
        await self.outbox.discard(receiver=receiver, event_id=event_id)

    def _check(self, receiver: str) -> None:
        if receiver not in self.receivers:
            raise UnknownReceiverError(receiver)
