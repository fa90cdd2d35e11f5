"""The event log behind the streams."""

import asyncio

from simulator.state.events import EventLog, PhoneEvent


async def collect(log: EventLog, *, number: str | None, after: int | None) -> list[int]:
    """The ids a stream gives until the log is closed."""
    return [event.id async for event in log.follow(number=number, after=after) if isinstance(event, PhoneEvent)]


async def test_replays_what_was_missed() -> None:
    """After a known id come the later events, of this phone alone."""
    log = EventLog()
    for number in ("1", "2", "1", "1"):
        log.publish(number=number, kind="message", data={})

    following = asyncio.create_task(collect(log, number="1", after=1))
    await asyncio.sleep(0)
    log.close()

    assert await following == [3, 4]


async def test_without_an_id_only_new_events_come() -> None:
    """A new client gets only new events, because it has the thread."""
    log = EventLog()
    log.publish(number="1", kind="message", data={})

    following = asyncio.create_task(collect(log, number=None, after=None))
    await asyncio.sleep(0)
    log.publish(number="2", kind="message", data={})
    await asyncio.sleep(0)
    log.close()

    assert await following == [2]


async def test_an_id_from_before_a_restart_replays_everything() -> None:
    """After a restart the ids start again, so a client with a higher id gets all events."""
    log = EventLog()
    log.publish(number="1", kind="message", data={})

    following = asyncio.create_task(collect(log, number=None, after=500))
    await asyncio.sleep(0)
    log.close()

    assert await following == [1]
