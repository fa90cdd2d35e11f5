"""Which worker answers which conversation, and for how long."""

from collections.abc import Sequence
from typing import Protocol

from attrs import field, frozen

from application.ports.turn_changes import TurnChanges
from domain.people.person import channel_of


class LeaseLostError(Exception):
    """Another worker holds the conversation now. All work for it must stop."""


@frozen(kw_only=True)
class Claim:
    """One worker's right to one conversation.

    The store gives `token` and `delivery`, the number of times it handed the token over. Together they are the fence: a
    worker that was replaced has an old number.
    """

    conversation: str
    partition: int
    token: str
    worker: str
    delivery: int
    channel: str = field(init=False)

    @channel.default
    def _channel_of_conversation(self) -> str:
        return channel_of(self.conversation)


class Leases(Protocol):
    """Each method is one atomic step, and is safe to repeat when its outcome was not seen.

    All raise `StoreUnavailableError` when the store cannot be reached or refuses. Conversations are spread over
    `partitions`, numbered from 0. Each partition is claimed from, reaped and promoted on its own.
    """

    @property
    def partitions(self) -> int: ...

    @property
    def lease_seconds(self) -> float:
        """How long a claim holds after it was made or renewed."""
        ...

    async def prepare(self) -> None:
        """Create what the store needs, or repair it. To be called at the start, and again after the store was away."""
        ...

    async def claim(self, *, partition: int, worker: str, limit: int, wait_seconds: float) -> tuple[Claim, ...]:
        """Take up to `limit` ready conversations, the longest waiting first.

        When none is ready, waits for one, for `wait_seconds` at most.
        """
        ...

    async def renew(self, *, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Prolong the claims that still hold. Returns those that do not."""
        ...

    async def release(self, *, claim: Claim, changes: TurnChanges | None = None) -> None:
        """Hand the conversation back. Another worker may take it at once. Of the turn, only `changes` are stored.

        Raises:
            LeaseLostError: the claim no longer holds.
        """
        ...

    async def reap(self, *, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        """Take over up to `limit` conversations whose claim was not renewed in time."""
        ...

    async def promote(self, *, partition: int) -> float | None:
        """Make every conversation ready whose time has come.

        Returns the seconds until the next one is due, None when none waits.
        """
        ...
