"""One receiver of events, which fails as a test says, over a feed in memory."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
from attrs import define, field

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.clock import FakeClock
from adapters.memory.event_outbox import MemoryEventOutbox
from application.forwarding import forward_events
from application.forwarding.forward_events import ForwardEvents
from application.ports.event_outbox import DeadEvent, PublishedEvent
from application.ports.webhook_sender import WebhookFailedError
from domain.conversations.activity import Activity, ActivityKind
from domain.policies.redelivery import Redelivery
from entrypoints.observability.metrics import Metrics
from support.polling import eventually

AT = 1_750_000_000.0
QUICK = Redelivery(first_seconds=0.01, max_seconds=0.02, give_up_seconds=3600)


@define
class Receiver:
    """Keeps what it took: ids, in their order. It refuses everything while `away`, and always what is `refused`."""

    taken: list[str] = field(factory=list)
    bodies: list[dict[str, object]] = field(factory=list)
    away: bool = False
    refused: set[str] = field(factory=set)
    tries: int = 0
    under_way: int = 0
    at_once: list[int] = field(factory=list)

    def most_at_once_after(self, tries: int) -> int:
        """How many calls there were at once, at most, after the first so many."""
        return max(self.at_once[tries:])

    async def send(self, *, message_id: str, body: bytes) -> bytes:
        self.tries += 1
        self.under_way += 1
        self.at_once.append(self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        if self.away or message_id in self.refused:
            raise WebhookFailedError("HTTP 500")
        self.taken.append(message_id)
        self.bodies.append(json.loads(body))
        return b""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_events, "POLL_SECONDS", 0.005)
    monkeypatch.setattr(forward_events, "REPLAY_SECONDS", 0.005)
    monkeypatch.setattr(forward_events, "CLAIM_SECONDS", 0.01)


@pytest.fixture
def feed() -> MemoryActivityFeed:
    return MemoryActivityFeed()


@pytest.fixture
def outbox(feed: MemoryActivityFeed) -> MemoryEventOutbox:
    return MemoryEventOutbox(feed=feed, places={"crm": 0})


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@contextlib.asynccontextmanager
async def forwarding(
    outbox: MemoryEventOutbox, receiver: Receiver, *kinds: str, worker: str = "a"
) -> AsyncIterator[ForwardEvents]:
    stopping = asyncio.Event()
    forward = ForwardEvents(
        receiver="crm",
        kinds=frozenset(kinds),
        worker=worker,
        outbox=outbox,
        sender=receiver,
        feed=outbox.feed,
        clock=FakeClock(AT),
        measurements=Metrics().turns,
        redelivery=QUICK,
    )
    running = asyncio.create_task(forward.run(stopping=stopping))
    try:
        yield forward
    finally:
        stopping.set()
        await running


def received(user: str, *, at: float = AT, kind: ActivityKind = ActivityKind.RECEIVED) -> Activity:
    return Activity(kind=kind, channel="whatsapp", at=at, conversation=f"whatsapp:{user}")


async def test_every_event_is_sent(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """With its id, and as the stream shows it. The place is recorded."""
    await outbox.feed.publish(activities=[received("1"), received("1"), received("2")])

    async with forwarding(outbox, receiver):
        await eventually(lambda: outbox.places["crm"] == 3)

    assert sorted(receiver.taken) == ["evt-1", "evt-2", "evt-3"]
    assert receiver.taken.index("evt-1") < receiver.taken.index("evt-2")
    first = {"id": "1", "kind": "received", "channel": "whatsapp", "at": AT, "conversation": "whatsapp:1", "detail": {}}
    assert first in receiver.bodies


async def test_the_kinds_of_a_receiver(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """All others are passed."""
    await outbox.feed.publish(activities=[received("1"), received("1", kind=ActivityKind.ANSWERED)])

    async with forwarding(outbox, receiver, "answered"):
        await eventually(lambda: outbox.places["crm"] == 2)

    assert receiver.taken == ["evt-2"]


async def test_an_outage_loses_nothing_and_keeps_the_order(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """While it lasts, one event at a time is tried."""
    receiver.away = True
    await outbox.feed.publish(activities=[received(str(person)) for person in "1234" for _ in range(10)])

    async with forwarding(outbox, receiver):
        await eventually(lambda: receiver.tries >= 10)
        assert receiver.most_at_once_after(6) == 1
        assert outbox.places["crm"] == 0
        receiver.away = False
        await eventually(lambda: outbox.places["crm"] == 40)

    numbers = [int(name.removeprefix("evt-")) for name in receiver.taken]
    for first in range(1, 41, 10):
        assert [number for number in numbers if first <= number < first + 10] == list(range(first, first + 10))
    assert await outbox.count_dead(receiver="crm") == 0


async def test_an_event_that_is_never_taken_becomes_a_dead_event(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """The others of its conversation follow, those of other conversations went before. An event says so."""
    receiver.refused = {"evt-1"}
    await outbox.feed.publish(activities=[received("1"), received("1"), received("2"), received("3")])

    async with forwarding(outbox, receiver):
        await eventually(lambda: outbox.places["crm"] == 5)

    assert set(receiver.taken) == {"evt-2", "evt-3", "evt-4", "evt-5"}
    assert receiver.taken.index("evt-3") < receiver.taken.index("evt-2")
    (dead,) = await outbox.dead(receiver="crm", limit=10)
    assert (dead.event.id, dead.reason) == ("1", "HTTP 500")
    report = outbox.feed.activities[-1]
    assert (report.kind, report.detail["receiver"]) == (ActivityKind.WEBHOOK, "crm")


async def test_what_is_too_old_is_given_up(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    receiver.refused = {"evt-1"}
    await outbox.feed.publish(activities=[received("1", at=AT - 4000)])

    async with forwarding(outbox, receiver):
        await eventually(lambda: outbox.places["crm"] >= 1)

    assert await outbox.count_dead(receiver="crm") == 1


async def test_a_replayed_event_is_sent_again(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """Once, and under its own id."""
    dead = DeadEvent(event=PublishedEvent(id="7", activity=received("1")), reason="HTTP 500")
    await outbox.settle(receiver="crm", worker="a", position="0", dead=[dead])
    await outbox.replay(receiver="crm", event_id="7")

    async with forwarding(outbox, receiver):
        await eventually(lambda: receiver.taken)
        await eventually(lambda: not outbox._again["crm"])

    assert receiver.taken == ["evt-7"]


async def test_a_full_feed_is_reported(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """What was removed cannot be sent."""
    await outbox.feed.publish(activities=[received("1") for _ in range(5)])
    outbox.kept, outbox.places["crm"] = 2, 1

    async with forwarding(outbox, receiver):
        await eventually(lambda: "evt-5" in receiver.taken)

    assert outbox.feed.activities[-1].detail["problem"].startswith("events were removed")


async def test_another_process_goes_on(outbox: MemoryEventOutbox, receiver: Receiver) -> None:
    """When this one stops. Until then only one of them sends."""
    await outbox.feed.publish(activities=[received("1")])

    async with forwarding(outbox, receiver, worker="b"):
        await eventually(lambda: outbox.claims.get("crm") == "b")
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(forwarding(outbox, receiver, worker="c"))
            await eventually(lambda: outbox.places["crm"] == 1)
    async with forwarding(outbox, receiver, worker="c"):
        await outbox.feed.publish(activities=[received("1")])
        await eventually(lambda: outbox.places["crm"] == 2)

    assert receiver.taken == ["evt-1", "evt-2"]
