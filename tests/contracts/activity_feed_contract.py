"""What every activity feed promises."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from application.ports.activity_feed import ActivityFeed
from domain.conversations.activity import Activity, ActivityKind
from support.polling import eventually


def activity(number: int) -> Activity:
    return Activity(
        kind=ActivityKind.RECEIVED, channel="whatsapp", at=number, conversation="whatsapp:1", detail={"n": str(number)}
    )


async def take(stream: AsyncIterator[tuple[str, Activity]], count: int) -> list[tuple[str, Activity]]:
    async with asyncio.timeout(10):
        return [await anext(stream) for _ in range(count)]


async def publish_first(feed: ActivityFeed) -> None:
    """Publish activity 1, and wait until it is stored: a feed may store after `publish` has returned."""
    await feed.publish(activities=[activity(1)])
    stream = feed.follow(after="0")
    await take(stream, 1)
    await stream.aclose()  # type: ignore[attr-defined]


class ActivityFeedContract:
    """Inherit, and provide the fixture `feed`."""

    async def test_a_watcher_gets_new_activities(self, feed: ActivityFeed) -> None:
        """In order, and none from before it began to watch."""
        await publish_first(feed)
        stream = feed.follow(after=None)
        watching = asyncio.create_task(take(stream, 2))

        async def watched() -> bool:
            await feed.publish(activities=[activity(2)])
            return watching.done()

        await eventually(watched)

        assert [entry for _, entry in await watching] == [activity(2), activity(2)]
        await stream.aclose()  # type: ignore[attr-defined]

    @pytest.mark.parametrize("after", ["nonsense", "", "-", "1-"])
    async def test_an_invalid_id_starts_with_new_activities(self, feed: ActivityFeed, after: str) -> None:
        """The id comes from a browser, so it may be anything."""
        await publish_first(feed)
        stream = feed.follow(after=after)
        watching = asyncio.create_task(take(stream, 1))

        async def watched() -> bool:
            await feed.publish(activities=[activity(2)])
            return watching.done()

        await eventually(watched)

        assert [entry for _, entry in await watching] == [activity(2)]
        await stream.aclose()  # type: ignore[attr-defined]

    async def test_a_watcher_continues_after_its_last_id(self, feed: ActivityFeed) -> None:
        """It gets every activity after the one with this id."""
        await feed.publish(activities=[activity(1)])
        start = feed.follow(after="0")
        (first_id, _), *_ = await take(start, 1)
        await feed.publish(activities=[activity(2), activity(3)])
        stream = feed.follow(after=first_id)

        seen = await take(stream, 2)

        assert [entry for _, entry in seen] == [activity(2), activity(3)]
        await start.aclose()  # type: ignore[attr-defined]
        await stream.aclose()  # type: ignore[attr-defined]
