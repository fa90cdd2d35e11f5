"""Remembers which messages were admitted, and when."""

from collections.abc import Sequence
from typing import Protocol

from domain.rate_limit import Hit


class RateStore(Protocol):
    """A log of admitted messages for each key; forgets what is older than it was asked to keep."""

    async def log(self, *, key: str, since: float) -> tuple[Hit, ...]:
        """The hits recorded under `key` at or after `since` (unix seconds), oldest first.

        Raises:
            StoreUnavailableError: when the store cannot be reached or refuses.
        """
        ...

    async def record(self, *, key: str, hits: Sequence[Hit], keep_seconds: float) -> None:
        """Add hits, each id once; the whole log vanishes `keep_seconds` after the last call.

        Raises:
            StoreUnavailableError: when the store cannot be reached or refuses.
        """
        ...
