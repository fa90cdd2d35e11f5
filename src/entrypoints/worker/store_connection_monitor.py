"""Tracks whether a worker can reach the store."""

import asyncio
import contextlib
import random
import time

from application.ports.leases import Leases
from application.ports.store import StoreUnavailableError
from entrypoints.observability.store_outage_log import STEADY_SECONDS, StoreOutageLog

RECONNECT_SECONDS = 0.5


class StoreConnectionMonitor:
    """`connected_since` (monotonic) is when the store was last prepared. It is None while the store is away."""

    def __init__(self, *, leases: Leases, outages: StoreOutageLog) -> None:
        self.connected_since: float | None = None
        self._leases = leases
        self._outages = outages
        self._connected = asyncio.Event()
        self._lost = asyncio.Event()
        self._lost.set()

    def report_failure(self, error: StoreUnavailableError, *, asked_at: float) -> None:
        """Note that a step failed which began at `asked_at`. A step from before the last reconnect proves nothing."""
        if self.connected_since is not None and asked_at >= self.connected_since:
            self.connected_since = None
            self._outages.record_failure(error)
            self._connected.clear()
            self._lost.set()

    async def until_connected(self, *, at_most_seconds: float) -> None:
        """Wait until the store is there, but no longer than this."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._connected.wait(), at_most_seconds)

    async def run(self) -> None:
        """Prepare the store at the start, and again after each outage: it may have come back empty.

        One attempt is made at a time, however many steps wait for the store.
        """
        while True:
            await self._until_lost()
            try:
                await self._leases.prepare()
            except StoreUnavailableError as error:
                self._outages.record_failure(error)
                await asyncio.sleep(RECONNECT_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  (keeps no secret)
            else:
                self._lost.clear()
                self.connected_since = time.monotonic()
                self._connected.set()
                self._outages.record_success()

    async def _until_lost(self) -> None:
        """Wait for the next outage. The log takes the last one as ended after a moment without failures."""
        try:
            async with asyncio.timeout(STEADY_SECONDS):
                await self._lost.wait()
        except TimeoutError:
            self._outages.record_success()
            await self._lost.wait()
