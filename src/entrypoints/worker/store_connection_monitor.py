"""A worker's contact with the store: lost in trouble, sought by one probe at a time, however many wait for it."""

import asyncio
import random
import time

from application.ports.mailbox import Mailbox
from application.ports.store import StoreUnavailableError
from entrypoints.observability.store_outage_log import StoreOutageLog

TROUBLE_SECONDS = 0.5


class StoreConnectionMonitor:
    """`since` (monotonic) is when the store was last prepared; None while it is away."""

    def __init__(self, *, mailbox: Mailbox, trouble: StoreOutageLog) -> None:
        self.since: float | None = None
        self._mailbox = mailbox
        self._trouble = trouble
        self._lost = asyncio.Event()
        self._lost.set()

    def lose(self, error: StoreUnavailableError, *, asked: float) -> None:
        """A step failed that began at `asked`; one that began before the contact was made again is old news."""
        if self.since is not None and asked >= self.since:
            self.since = None
            self._trouble.met(error)
            self._lost.set()

    async def keep(self) -> None:
        """Prepare the store at the start, and again after it was away: it may have come back empty."""
        while True:
            await self._lost.wait()
            try:
                await self._mailbox.prepare()
            except StoreUnavailableError as error:
                self._trouble.met(error)
                await asyncio.sleep(TROUBLE_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  (spreads load, keeps no secret)
            else:
                self._lost.clear()
                self.since = time.monotonic()
                self._trouble.over()
