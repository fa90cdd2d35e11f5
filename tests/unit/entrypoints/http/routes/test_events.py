"""The event stream as messages. Other tests use real connections."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
from attrs import evolve
from litestar.response import ServerSentEventMessage

from application.ports.store import StoreUnavailableError
from domain.conversations.activity import Activity, ActivityKind
from entrypoints.http.routes.events import PING, event_messages
from support.http_services import FakeServices

RECEIVED = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0, conversation="whatsapp:15550001111")
ANSWERED = Activity(kind=ActivityKind.ANSWERED, channel="whatsapp", at=2.0, detail={"turn_id": "turn-1"})


class BreakingFeed:
    async def publish(self, *, activities: Sequence[Activity]) -> None: ...

    async def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        yield "1", RECEIVED
        raise StoreUnavailableError


async def next_event(stream: AsyncIterator[ServerSentEventMessage]) -> ServerSentEventMessage:
    async with asyncio.timeout(5):
        return await anext(stream)


async def test_stream_goes_on_after_the_last_event() -> None:
    """It replays the events after the id, in order, as JSON."""
    behind = FakeServices()
    await behind.feed.publish(activities=[RECEIVED, ANSWERED])
    stream = event_messages(feed=behind.feed, after="1", stopping=behind.stopping)

    await next_event(stream)
    event = await next_event(stream)

    assert event.id == "2"
    assert msgspec.json.decode(event.data) == {
        "kind": "answered",
        "channel": "whatsapp",
        "at": 2.0,
        "conversation": "",
        "detail": {"turn_id": "turn-1"},
    }
    await stream.aclose()


async def test_a_quiet_stream_has_comments() -> None:
    """Otherwise proxies would close the connection."""
    behind = FakeServices()
    stream = event_messages(feed=behind.feed, after=None, stopping=behind.stopping, ping_seconds=0.01)

    await next_event(stream)
    ping = await next_event(stream)

    assert ping is PING
    assert ping.encode() == b": ping\r\n\r\n"
    await stream.aclose()


async def test_stream_ends_when_the_process_stops() -> None:
    """An open page does not delay the shutdown."""
    behind = FakeServices()
    stream = event_messages(feed=behind.feed, after=None, stopping=behind.stopping)
    await next_event(stream)

    rest = asyncio.create_task(anext(stream, None))
    behind.stopping.set()

    async with asyncio.timeout(5):
        assert await rest is None


async def test_stream_ends_when_the_store_goes_away() -> None:
    """The client reconnects by itself, with its last id."""
    stream = event_messages(feed=BreakingFeed(), after=None, stopping=asyncio.Event())

    async with asyncio.timeout(5):
        events = [event async for event in stream]

    assert [event.id for event in events] == [None, "1"]


async def test_the_stream_leaves_out_what_is_not_shown() -> None:
    """An operator of one channel sees nothing of the others."""
    behind = FakeServices()
    await behind.feed.publish(activities=[RECEIVED, evolve(RECEIVED, channel="sales"), ANSWERED])
    stream = event_messages(
        feed=behind.feed, after="0", stopping=behind.stopping, may_see=lambda activity: activity.channel == "sales"
    )

    await next_event(stream)
    event = await next_event(stream)

    assert event.id == "2"
    await stream.aclose()


async def test_the_stream_of_a_revoked_operator_ends() -> None:
    """At the next check, also while events go on."""

    async def never() -> bool:
        return False

    behind = FakeServices()
    stream = event_messages(feed=behind.feed, after=None, stopping=behind.stopping, ping_seconds=0.01, may_go_on=never)

    async with asyncio.timeout(5):
        events = [event async for event in stream]

    assert [event.id for event in events] == [None]


async def test_stream_is_refused_while_the_store_is_away() -> None:
    """503 before the stream begins, where a client sees it."""
    behind = FakeServices()
    behind.mailbox.away = True

    async with behind.client(admin_token=None, admin_open=True) as client:
        answer = await client.get("/v1/channels/events")

    assert answer.status_code == 503
