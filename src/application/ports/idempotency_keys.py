"""Remembers the request behind each idempotency key: repeating it is safe, and another request is noticed."""

from typing import Protocol


class IdempotencyKeys(Protocol):
    """Each channel has keys of its own, known for at least a week."""

    async def request(self, *, channel: str, key: str) -> str | None:
        """The request the key stands for; None while it is new.

        Raises:
            StoreUnavailableError: ask again.
        """
        ...

    async def claim(self, *, channel: str, key: str, request: str) -> bool:
        """Whether the key stands for this request, as it does from now on if it was new. `request`: a digest.

        Raises:
            StoreUnavailableError: ask again.
        """
        ...
