"""Which process fetches the updates of a channel: one of all, for some seconds at a time."""

from typing import Protocol


class PollLeases(Protocol):
    """Both raise `StoreUnavailableError`. A holder that dies loses its lease when the time is over."""

    async def hold(self, *, channel: str, holder: str, seconds: float) -> bool:
        """Take the lease of the channel, or prolong it. Returns whether `holder` has it now."""
        ...

    async def release(self, *, channel: str, holder: str) -> None:
        """Give the lease back, if `holder` has it."""
        ...
