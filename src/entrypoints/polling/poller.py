"""Fetches the updates of channels that call no webhook, and stores them as webhooks are stored.

The rule: the next fetch tells the channel to forget what the one before brought. So it is made only after all of that
is stored. A process that dies in between leaves updates that are fetched again, and are dropped as duplicates.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

import structlog
from attrs import define, field

from application.channels import Channel
from application.ports.poll_leases import PollLeases
from application.ports.store import StoreUnavailableError
from application.ports.update_source import FetchFailedError, UpdateSource
from application.receiving.receive_webhook import STORE_SECONDS, ReceiveWebhook
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog

# How long the channel may wait for something new, and how long a fetch may take in all.
WAIT_SECONDS = 10.0
MAX_FETCH_SECONDS = 15.0
# It is prolonged before each fetch, so it outlasts a fetch, and a pause after one that failed.
LEASE_SECONDS = MAX_FETCH_SECONDS + 2 * STORE_SECONDS
# How soon another process takes a lease that ended or was given back.
RECHECK_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 15.0
RELEASE_SECONDS = 1.0

FETCHING = "ok"
ELSEWHERE = "fetched by another process"

logger = structlog.get_logger(__name__)


@define(eq=False)
class ChannelPoller:
    """Fetches from one channel while it has the lease. `state` says in words how that goes."""

    channel: str
    updates: UpdateSource
    holder: str
    receive: ReceiveWebhook
    leases: PollLeases
    metrics: Metrics
    outages: StoreOutageLog
    state: str = field(default=ELSEWHERE, init=False)
    _position: str = field(default="", init=False)
    _pause: float = field(default=0.0, init=False)

    async def run(self) -> None:
        """Fetch until cancelled. That may be at any time: what is not stored is fetched again, by whoever is next."""
        while True:
            try:
                pause = await self._step()
            except FetchFailedError as error:
                pause = max(self._longer_pause(), error.retry_after_seconds)
                self._failed(str(error), needs_repair=bool(error.fix))
            except StoreUnavailableError as error:
                pause = self._longer_pause()
                self.outages.record_failure(error)
            except Exception:
                pause = self._longer_pause()
                logger.exception("fetching updates failed; it is tried again", channel=self.channel)
            await asyncio.sleep(pause)

    async def _step(self) -> float:
        """Fetch once, if the lease is ours. Returns the seconds until the next time."""
        if not await self.leases.hold(channel=self.channel, holder=self.holder, seconds=LEASE_SECONDS):
            self.state, self._position = ELSEWHERE, ""
            return RECHECK_SECONDS
        try:
            async with asyncio.timeout(MAX_FETCH_SECONDS):
                fetched = await self.updates.fetch(after=self._position, wait_seconds=WAIT_SECONDS)
        except TimeoutError:
            raise FetchFailedError("no answer in time") from None
        if fetched.bodies:
            receipt = await self.receive.fetched(channel=self.channel, bodies=fetched.bodies)
            self.metrics.webhook(channel=self.channel, receipt=receipt)
        self._position, self._pause = fetched.position, 0.0
        self.outages.record_success()
        if self.state != FETCHING:
            logger.info("updates are fetched", channel=self.channel)
        self.state = FETCHING
        return 0.0

    def _longer_pause(self) -> float:
        self._pause = min(2 * self._pause or FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS)
        return self._pause

    def _failed(self, problem: str, *, needs_repair: bool) -> None:
        """Log a problem when it begins or changes, and not at each attempt."""
        if self.state != problem:
            log = logger.error if needs_repair else logger.warning
            log("updates cannot be fetched", channel=self.channel, reason=problem)
        self.state = problem


class Poller:
    """Fetches from every channel that has an `UpdateSource`. Every process needs a `name` of its own."""

    def __init__(
        self,
        *,
        name: str,
        channels: Sequence[Channel],
        receive: ReceiveWebhook,
        leases: PollLeases,
        metrics: Metrics,
        outages: StoreOutageLog,
    ) -> None:
        self._name = name
        self._leases = leases
        self._channels = [
            ChannelPoller(
                channel=channel.name,
                updates=channel.updates,
                holder=name,
                receive=receive,
                leases=leases,
                metrics=metrics,
                outages=outages,
            )
            for channel in channels
            if channel.updates
        ]

    def states(self) -> Mapping[str, str]:
        """How it goes for each channel: "ok", "fetched by another process", or what the problem is."""
        return {channel.channel: channel.state for channel in self._channels}

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Fetch until `stopping` is set. Then another process may go on at once."""
        tasks = [asyncio.create_task(channel.run()) for channel in self._channels]
        try:
            await stopping.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(StoreUnavailableError, TimeoutError):
                async with asyncio.timeout(RELEASE_SECONDS):
                    for channel in self._channels:
                        await self._leases.release(channel=channel.channel, holder=self._name)
