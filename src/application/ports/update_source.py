"""Fetches what people sent, for a channel that is asked for it and calls no webhook."""

from typing import Protocol

from attrs import frozen


class FetchFailedError(Exception):
    """Nothing was fetched.

    `reason` holds no secret and no person's words. `fix` is what an operator must do; it is empty for what passes by
    itself.
    """

    def __init__(self, reason: str, *, fix: str = "", retry_after_seconds: float = 0.0) -> None:
        super().__init__(f"{reason}; {fix}" if fix else reason)
        self.fix = fix
        self.retry_after_seconds = retry_after_seconds


@frozen(kw_only=True)
class FetchedUpdates:
    """`bodies` are in the channel's order, each as a webhook would bring it. The next fetch goes on at `position`."""

    bodies: tuple[bytes, ...] = ()
    position: str = ""


class UpdateSource(Protocol):
    """What waits at one account of a channel."""

    async def fetch(self, *, after: str, wait_seconds: float) -> FetchedUpdates:
        """What came after the position `after`. When nothing did, waits for it, for `wait_seconds` at most.

        Everything up to `after` is stored, so the channel may forget it. Without a position, whatever the channel has
        not forgotten comes. To fetch something twice does no harm.

        Raises:
            FetchFailedError: nothing was fetched.
        """
        ...
