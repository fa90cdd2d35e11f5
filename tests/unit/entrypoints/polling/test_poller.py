"""Updates are stored before the channel may forget them; one process fetches at a time."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from attrs import define, evolve, field
from structlog.testing import capture_logs

from adapters.memory.poll_leases import MemoryPollLeases
from application.channels import Channels
from application.ports.update_source import FetchedUpdates, FetchFailedError
from domain.conversations.activity import ActivityKind
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.polling import poller as polling
from entrypoints.polling.poller import Poller
from support.answering import Answering
from support.polling import eventually


def body(number: int, text: str = "hello") -> bytes:
    return json.dumps([{"id": f"m{number}", "user": "ana", "text": text, "sent_at": number}]).encode()


@define
class Waiting:
    """What waits at the channel. `asked` are the positions of the fetches; `trouble` is what the next ones meet."""

    bodies: list[bytes] = field(factory=list)
    asked: list[str] = field(factory=list)
    trouble: deque[Exception] = field(factory=deque)

    async def fetch(self, *, after: str, wait_seconds: float) -> FetchedUpdates:
        self.asked.append(after)
        if self.trouble:
            raise self.trouble.popleft()
        begin = int(after or 0)
        while len(self.bodies) <= begin:
            await asyncio.sleep(0.001)
        return FetchedUpdates(bodies=tuple(self.bodies[begin:]), position=str(len(self.bodies)))


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE_SECONDS", "MAX_PAUSE_SECONDS", "RECHECK_SECONDS"):
        monkeypatch.setattr(polling, name, 0.001)


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def make_poller(answering: Answering, waiting: Waiting) -> Callable[..., Poller]:
    leases, outages = MemoryPollLeases(), StoreOutageLog()
    channel = evolve(answering.channel, updates=waiting)

    def make(name: str = "one") -> Poller:
        return Poller(
            name=name,
            channels=[channel],
            receive=evolve(answering.receive, channels=Channels.of([channel])),
            leases=leases,
            metrics=answering.metrics,
            outages=outages,
        )

    return make


@asynccontextmanager
async def running(poller: Poller) -> AsyncIterator[Poller]:
    stopping = asyncio.Event()
    task = asyncio.create_task(poller.run(stopping=stopping))
    try:
        yield poller
    finally:
        stopping.set()
        await task


def received(answering: Answering) -> list[str | None]:
    return [each.detail.get("message_id") for each in answering.feed.activities if each.kind is ActivityKind.RECEIVED]


async def test_the_channel_may_forget_what_is_stored(
    make_poller: Callable[..., Poller], answering: Answering, waiting: Waiting
) -> None:
    """And nothing else: while the store is away, the same updates are fetched again."""
    waiting.bodies += [body(1), body(2)]
    answering.mailbox.away = True

    async with running(make_poller()) as poller:
        await eventually(lambda: len(waiting.asked) > 2)
        while_away = set(waiting.asked)
        answering.mailbox.away = False
        await eventually(lambda: waiting.asked[-1] == "2")

    assert while_away == {""}
    assert received(answering) == ["m1", "m2"]
    assert poller.states() == {"whatsapp": "ok"}


async def test_what_cannot_be_read_holds_up_nothing(
    make_poller: Callable[..., Poller], answering: Answering, waiting: Waiting
) -> None:
    """It is an event for operators."""
    waiting.bodies += [body(1), b"no JSON", body(2)]

    async with running(make_poller()):
        await eventually(lambda: waiting.asked[-1:] == ["3"])

    assert received(answering) == ["m1", "m2"]
    assert [each.detail["kind"] for each in answering.feed.activities if each.kind is ActivityKind.UNRECOGNISED] == [
        "fetched:malformed"
    ]


async def test_one_process_fetches_and_another_one_goes_on(
    make_poller: Callable[..., Poller], answering: Answering, waiting: Waiting
) -> None:
    """Who stops gives the lease back. Who goes on begins with what the channel has not forgotten: nothing doubles."""
    first, second = make_poller("one"), make_poller("two")
    waiting.bodies += [body(1)]

    async with running(second):
        await eventually(lambda: second.states() == {"whatsapp": "ok"})
        async with running(first):
            waiting.bodies += [body(2)]
            await eventually(lambda: waiting.asked[-1:] == ["2"])
            shown = first.states()
            fetches = len(waiting.asked)
    async with running(first):
        await eventually(lambda: len(waiting.asked) > fetches)

    assert shown == {"whatsapp": "fetched by another process"}
    assert waiting.asked[fetches] == ""
    await eventually(lambda: received(answering) == ["m1", "m2"])


async def test_a_problem_is_logged_once_with_what_to_do(make_poller: Callable[..., Poller], waiting: Waiting) -> None:
    """Until it changes or is over. What passes by itself is a warning."""
    waiting.trouble += [FetchFailedError("a webhook is registered", fix="remove it")] * 3
    waiting.trouble += [FetchFailedError("HTTP 502", retry_after_seconds=0.002)] * 2
    waiting.bodies += [body(1)]

    with capture_logs() as logged:
        async with running(make_poller()):
            await eventually(lambda: waiting.asked[-1:] == ["1"])

    assert [(line["log_level"], line.get("reason", line["event"])) for line in logged] == [
        ("error", "a webhook is registered; remove it"),
        ("warning", "HTTP 502"),
        ("info", "updates are fetched"),
    ]


async def test_an_error_of_our_own_ends_nothing(make_poller: Callable[..., Poller], waiting: Waiting) -> None:
    """It is logged, and the same updates are fetched again."""
    waiting.trouble.append(RuntimeError("a bug"))
    waiting.bodies += [body(1)]

    with capture_logs() as logged:
        async with running(make_poller()):
            await eventually(lambda: waiting.asked[-1:] == ["1"])

    assert logged[0]["event"] == "fetching updates failed; it is tried again"
