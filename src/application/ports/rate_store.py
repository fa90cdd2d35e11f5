"""Remembers which messages the rate limit admitted, and when they arrived."""

from collections.abc import Sequence
from typing import Protocol

from domain.policies.rate_limit import Arrival


class RateStore(Protocol):
    """A log of admitted messages for each key. Old messages are forgotten."""

    async def log(self, *, key: str, since: float) -> tuple[Arrival, ...]:
        """The messages recorded under `key` at or after `since` (unix seconds), oldest first.

        Raises:
            StoreUnavailableError: when the store cannot be reached or refuses.
        """
        ...

    async def record(self, *, key: str, admitted: Sequence[Arrival], keep_seconds: float) -> None:
        """Add messages, each id once. Messages that arrived `keep_seconds` before the latest of them are forgotten.

        Raises:
            StoreUnavailableError: when the store cannot be reached or refuses.
        """
        ...
