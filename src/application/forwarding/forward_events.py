"""Send the events of the feed to one receiver, as long as this process serves it."""

import asyncio
import contextlib
import json
import logging
import time

from attrs import define, field

from application.forwarding.window import DeliveryWindow
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.event_outbox import DeadEvent, EventOutbox, PublishedEvent
from application.ports.measurements import Measurements
from application.ports.store import StoreUnavailableError
from application.ports.webhook_sender import WebhookFailedError, WebhookSender
from domain.conversations.activity import Activity, ActivityKind
from domain.policies.redelivery import Redelivery
from domain.policies.retry import GiveUp, Retry

MAX_AHEAD = 10_000
READ_AT_ONCE = 100
MAX_SENDS = 16
# When so many events have failed and none was taken since, the receiver counts as away: one at a time is tried.
AWAY_AFTER = 3
# An event that fails so often while others are taken is not held back any longer.
MAX_TRIES = 8
POLL_SECONDS = 0.25
# Operators have dead events sent again, and wait for it.
REPLAY_SECONDS = 1.0
RENEW_SECONDS = 3.0
CLAIM_SECONDS = 2.0

logger = logging.getLogger(__name__)


@define
class Tries:
    """How often an event has failed, and how many others had been taken when it first did."""

    taken_before: int
    failed: int = 0


@define(kw_only=True, eq=False)
class ForwardEvents:
    """Sends each event of the `kinds` (none: of all) until the receiver answers 2xx, or until it is a dead event."""

    receiver: str
    kinds: frozenset[str]
    worker: str
    outbox: EventOutbox
    sender: WebhookSender
    feed: ActivityFeed
    clock: Clock
    measurements: Measurements
    redelivery: Redelivery = field(factory=lambda: Redelivery(first_seconds=1.0, max_seconds=60.0))
    _failing: set[str] = field(factory=set, init=False)
    _taken: int = field(default=0, init=False)
    _paused_until: float = field(default=0.0, init=False)
    _replays_read_at: float = field(default=0.0, init=False)
    _tries: dict[str, Tries] = field(factory=dict, init=False)
    _dead: list[DeadEvent] = field(factory=list, init=False)
    _replayed: dict[str, bool] = field(factory=dict, init=False)

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Serve the receiver whenever no other process does, until `stopping` is set."""
        while not stopping.is_set():
            try:
                position = await self.outbox.claim(receiver=self.receiver, worker=self.worker)
                if position is not None:
                    await self._serve(DeliveryWindow(position), stopping)
            except StoreUnavailableError as error:
                logger.debug("events for %s wait for the store: %s", self.receiver, error)
            except Exception:
                logger.exception("forwarding events to %s failed with an internal error", self.receiver)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), CLAIM_SECONDS)

    async def _serve(self, window: DeliveryWindow, stopping: asyncio.Event) -> None:
        self._paused_until, self._dead = 0.0, []
        self._failing.clear()
        self._tries.clear()
        self._replayed.clear()
        sends: set[asyncio.Task[None]] = set()
        recorded, renewed_at = window.position, time.monotonic()
        try:
            while not stopping.is_set():
                found = await self._read(window)
                self._begin_sends(window, sends)
                await _any_of(sends, stopping, seconds=self._pause(window, found=found))
                done = [event_id for event_id, is_done in self._replayed.items() if is_done]
                is_news = window.position != recorded or self._dead or done
                if is_news or time.monotonic() - renewed_at > RENEW_SECONDS:
                    if not await self._settle(window, done):
                        return
                    recorded, renewed_at = window.position, time.monotonic()
        finally:
            for send in sends:
                send.cancel()
            await asyncio.gather(*sends, return_exceptions=True)
        await self._settle(window, [event_id for event_id, is_done in self._replayed.items() if is_done])
        await self.outbox.release(receiver=self.receiver, worker=self.worker)

    async def _read(self, window: DeliveryWindow) -> bool:
        """Take in what was published since, as far as there is room. Returns whether there was something."""
        if time.monotonic() - self._replays_read_at >= REPLAY_SECONDS:
            self._replays_read_at = time.monotonic()
            for event in await self.outbox.replayed(receiver=self.receiver, limit=READ_AT_ONCE):
                if event.id not in self._replayed:
                    self._replayed[event.id] = False
                    window.add_replayed(event)
        if len(window) >= MAX_AHEAD:
            return False
        page = await self.outbox.read(after=window.read_to, limit=READ_AT_ONCE)
        if page.missed:
            await self._report("events were removed before they were sent: the feed was full")
        wanted = [event for event in page.events if not self.kinds or event.activity.kind.value in self.kinds]
        window.add(wanted, read_to=page.position)
        return bool(page.events)

    def _begin_sends(self, window: DeliveryWindow, sends: set["asyncio.Task[None]"]) -> None:
        now = time.monotonic()
        if now < self._paused_until:
            return
        most = 1 if self._is_away else MAX_SENDS
        while len(sends) < most and (item := window.next(now=now)):
            send = asyncio.create_task(self._send(window, *item))
            sends.add(send)
            send.add_done_callback(sends.discard)

    def _pause(self, window: DeliveryWindow, *, found: bool) -> float:
        paused = self._paused_until - time.monotonic()
        if paused > 0:
            return min(paused, RENEW_SECONDS)
        due = window.due_in(now=time.monotonic())
        return 0.0 if found else min(POLL_SECONDS, POLL_SECONDS if due is None else due)

    async def _send(self, window: DeliveryWindow, key: str, event: PublishedEvent) -> None:
        try:
            await self.sender.send(message_id=f"evt-{event.id}", body=body_of(event))
        except WebhookFailedError as error:
            await self._failed(window, key, event, str(error))
            return
        self._taken += 1
        self.measurements.webhook(webhook=self.receiver, outcome="taken")
        if self._is_away:
            logger.info("%s takes events again", self.receiver)
            self._paused_until = 0.0
            window.wake()
        self._failing.clear()
        self._finish(window, key, event)

    async def _failed(self, window: DeliveryWindow, key: str, event: PublishedEvent, why: str) -> None:
        tries = self._tries.setdefault(event.id, Tries(self._taken))
        decision = self.redelivery.after_failure(
            attempts=tries.failed, since=event.activity.at, now=self.clock.now(), message_id=event.id
        )
        tries.failed += 1
        is_alone = tries.failed >= MAX_TRIES and self._taken > tries.taken_before
        self.measurements.webhook(webhook=self.receiver, outcome="failed")
        if isinstance(decision, GiveUp) or is_alone:
            self._dead.append(DeadEvent(event=event, reason=why))
            self.measurements.webhook(webhook=self.receiver, outcome="dead")
            self._finish(window, key, event)
            if event.activity.kind is not ActivityKind.WEBHOOK:
                await self._report(f"the event {event.id} is a dead letter: {why}")
        elif isinstance(decision, Retry):
            now = time.monotonic()
            window.delay(key, until=now + decision.after_seconds)
            was_away = self._is_away
            self._failing.add(event.id)
            if self._is_away:
                self._paused_until = now + decision.after_seconds
                if not was_away:
                    logger.warning("%s takes no events: %s; they wait", self.receiver, why)

    @property
    def _is_away(self) -> bool:
        return len(self._failing) >= AWAY_AFTER

    def _finish(self, window: DeliveryWindow, key: str, event: PublishedEvent) -> None:
        self._tries.pop(event.id, None)
        window.settle(key)
        if event.id in self._replayed:
            self._replayed[event.id] = True

    async def _settle(self, window: DeliveryWindow, done: list[str]) -> bool:
        """Record how far the receiver is. Dead events are kept until that has worked."""
        dead = tuple(self._dead)
        held = await self.outbox.settle(
            receiver=self.receiver, worker=self.worker, position=window.position, dead=dead, done=done
        )
        if held:
            del self._dead[: len(dead)]
            for event_id in done:
                del self._replayed[event_id]
        self.measurements.events_waiting(receiver=self.receiver, events=len(window) if held else 0)
        return held

    async def _report(self, problem: str) -> None:
        """Tell operators. The event goes to the receivers too, and is never the cause of another one."""
        logger.warning("events for %s: %s", self.receiver, problem)
        detail = {"receiver": self.receiver, "problem": problem}
        activity = Activity(kind=ActivityKind.WEBHOOK, channel="", at=self.clock.now(), detail=detail)
        await self.feed.publish(activities=[activity])


def body_of(event: PublishedEvent) -> bytes:
    """What a receiver gets: the event as the stream shows it, with its id."""
    activity = event.activity
    fields = {
        "id": event.id,
        "kind": activity.kind.value,
        "channel": activity.channel,
        "at": activity.at,
        "conversation": activity.conversation,
        "detail": dict(activity.detail),
    }
    return json.dumps(fields).encode()


async def _any_of(sends: set["asyncio.Task[None]"], stopping: asyncio.Event, *, seconds: float) -> None:
    """Wait until one of the sends has ended or the service stops, for some seconds at most."""
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({*sends, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
