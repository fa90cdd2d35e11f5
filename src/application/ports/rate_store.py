"""Remembers which messages were admitted, and when."""

from collections.abc import Sequence
from typing import Protocol

from domain.policies.rate_limit import AdmittedMessage


class RateStore(Protocol):
    """A log of admitted messages for each key; forgets what is older than it was asked to keep."""

    async def log(self, *, key: str, since: float) -> tuple[AdmittedMessage, ...]:
        """The messages recorded under `key` at or after `since` (unix seconds), oldest first.

        Raises:
            StoreUnavailableError: when the store cannot be reached or refuses.
        """
        ...

    async def record(self, *, key: str, hits: Sequence[AdmittedMessage], keep_seconds: float) -> None:
        """Add messages, each id once. The whole log is deleted `keep_seconds` after the last call.

        Raises:
            StoreUnavailableError: when the store cannot be reached or refuses.
        """
        ...
