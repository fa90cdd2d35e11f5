"""What every event outbox promises."""

import pytest

from application.ports.activity_feed import ActivityFeed
from application.ports.event_outbox import DeadEvent, EventOutbox, PublishedEvent, UnknownDeadEventError
from contracts.activity_feed_contract import activity
from support.polling import eventually

HOLDER = {"receiver": "crm", "worker": "a"}


async def published(feed: ActivityFeed, outbox: EventOutbox, count: int, *, after: str) -> tuple[PublishedEvent, ...]:
    """Publish so many events, and read them."""
    await feed.publish(activities=[activity(number) for number in range(count)])

    async def read() -> tuple[PublishedEvent, ...]:
        events = (await outbox.read(after=after, limit=count)).events
        return events if len(events) == count else ()

    return await eventually(read)


class EventOutboxContract:
    """Inherit, and provide the fixtures `outbox` and its `feed`."""

    async def test_a_new_receiver_begins_at_the_end(self, outbox: EventOutbox, feed: ActivityFeed) -> None:
        """It does not get what happened before."""
        before = await outbox.claim(receiver="other", worker="a")
        assert before is not None
        await published(feed, outbox, 2, after=before)

        place = await outbox.claim(**HOLDER)
        assert place is not None
        page = await outbox.read(after=place, limit=10)

        assert (page.events, page.position, page.missed) == ((), place, False)

    async def test_events_are_read_in_order(self, outbox: EventOutbox, feed: ActivityFeed) -> None:
        """Page by page; each page says where the next one begins."""
        place = await outbox.claim(**HOLDER)
        assert place is not None
        events = await published(feed, outbox, 5, after=place)

        first = await outbox.read(after=place, limit=3)
        second = await outbox.read(after=first.position, limit=3)

        assert (*first.events, *second.events) == events
        assert second.position == events[-1].id
        assert len({event.id for event in events}) == 5

    async def test_one_process_at_a_time(self, outbox: EventOutbox, feed: ActivityFeed) -> None:
        """It goes on where the one before was."""
        place = await outbox.claim(**HOLDER)
        assert place is not None
        events = await published(feed, outbox, 2, after=place)

        assert await outbox.claim(receiver="crm", worker="b") is None
        assert not await outbox.settle(receiver="crm", worker="b", position=events[1].id)
        assert await outbox.claim(receiver="other", worker="b") is not None
        assert await outbox.settle(**HOLDER, position=events[0].id)
        await outbox.release(receiver="crm", worker="b")
        assert await outbox.claim(receiver="crm", worker="b") is None
        await outbox.release(**HOLDER)

        assert await eventually(lambda: outbox.claim(receiver="crm", worker="b")) == events[0].id

    async def test_dead_events(self, outbox: EventOutbox, feed: ActivityFeed) -> None:
        """They are kept with the reason, until somebody discards them."""
        place = await outbox.claim(**HOLDER)
        assert place is not None
        dead = [DeadEvent(event=event, reason="HTTP 500") for event in await published(feed, outbox, 2, after=place)]
        await outbox.settle(**HOLDER, position=dead[-1].event.id, dead=dead)

        assert await outbox.dead(receiver="crm", limit=10) == tuple(dead)
        assert await outbox.dead(receiver="crm", limit=1) == (dead[0],)
        await outbox.discard(receiver="crm", event_id=dead[0].event.id)

        assert await outbox.dead(receiver="crm", limit=10) == (dead[1],)
        assert await outbox.count_dead(receiver="crm") == 1
        assert await outbox.count_dead(receiver="other") == 0

    async def test_a_replay_waits_until_it_is_settled(self, outbox: EventOutbox, feed: ActivityFeed) -> None:
        """It is no dead event any more."""
        place = await outbox.claim(**HOLDER)
        assert place is not None
        (event,) = await published(feed, outbox, 1, after=place)
        await outbox.settle(**HOLDER, position=event.id, dead=[DeadEvent(event=event, reason="HTTP 500")])

        await outbox.replay(receiver="crm", event_id=event.id)

        assert await outbox.replayed(receiver="crm", limit=10) == (event,)
        assert await outbox.dead(receiver="crm", limit=10) == ()
        await outbox.settle(**HOLDER, position=event.id, done=[event.id])
        assert await outbox.replayed(receiver="crm", limit=10) == ()

    async def test_an_unknown_dead_event(self, outbox: EventOutbox) -> None:
        for step in (outbox.replay, outbox.discard):
            with pytest.raises(UnknownDeadEventError):
                await step(receiver="crm", event_id="1-0")
