"""The JSON routes of the phone."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from support.simulator import ANA, BEN, FakeBusiness, RunningSimulator, fake_business, running_simulator


@contextlib.asynccontextmanager
async def listening(meta: RunningSimulator, path: str, **headers: str) -> AsyncIterator[asyncio.Queue[dict]]:
    """The events of a stream, which is open when this begins."""
    events: asyncio.Queue[dict] = asyncio.Queue()

    async def read() -> None:
        async with meta.http.stream("GET", path, headers=headers) as stream:
            event: dict = {}
            async for line in stream.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                else:
                    events.put_nowait(event)
                    event = {}

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(10):
            assert await events.get() == {"": "open", "retry": "1000"}
            yield events
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_everything_happens_live(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Message, delivery status, typing and answer are events, in this order."""
    async with listening(meta, f"/phone/{ANA}/events") as events:
        message_id = await meta.write("Hi")
        seen = [await events.get() for _ in range(2)]
        await meta.acknowledge(message_id, typing=True)
        await meta.send("Hello")
        seen += [await events.get() for _ in range(4)]

    data = [json.loads(event["data"]) for event in seen]
    assert [event["event"] for event in seen] == ["message", "status", "status", "typing", "message", "typing"]
    assert [one.get("status", one.get("typing")) for one in data] == [
        "accepted",
        "delivered",
        "read",
        True,
        "accepted",
        False,
    ]


async def test_a_lost_stream_goes_on_where_it_ended(meta: RunningSimulator) -> None:
    """A client with the id of the last event gets the events after it."""
    async with listening(meta, f"/phone/{ANA}/events") as events:
        await meta.write("one")
        last_seen = (await events.get())["id"]
    await meta.write("two")

    async with listening(meta, f"/phone/{ANA}/events", **{"Last-Event-ID": last_seen}) as events:
        bodies = {json.loads((await events.get())["data"])["body"] for _ in range(3)}

    assert "two" in bodies


async def test_a_stream_tells_of_one_phone_only(meta: RunningSimulator) -> None:
    """The stream of a phone leaves other people's messages out; the common stream has all."""
    async with listening(meta, f"/phone/{ANA}/events") as hers, listening(meta, "/phone/events") as all_of_them:
        await meta.write("from Ben", number=BEN)
        await meta.write("from Ana", number=ANA)

        assert json.loads((await hers.get())["data"])["body"] == "from Ana"
        assert json.loads((await all_of_them.get())["data"])["body"] == "from Ben"


async def test_open_streams_end_when_the_simulator_closes(business: FakeBusiness) -> None:
    """A server waits for open streams, so they must not outlive the simulator."""
    async with asyncio.timeout(3), contextlib.AsyncExitStack() as stack:
        meta = await stack.enter_async_context(running_simulator(webhook_url=business.url))
        async with meta.http.stream("GET", "/phone/events") as stream:
            lines = stream.aiter_lines()
            opening = await anext(lines)

            await meta.simulator.close()

            assert opening == ": open"
            assert [line async for line in lines if line.startswith("data")] == []


async def test_a_quiet_stream_shows_signs_of_life(meta: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment from time to time keeps the connection open."""
    monkeypatch.setattr("simulator.state.events.SIGN_OF_LIFE_SECONDS", 0.05)

    async with listening(meta, "/phone/events") as events:
        assert await events.get() == {"": "ping"}


async def test_the_list_of_phones(meta: RunningSimulator) -> None:
    """Names, unread messages, the business and the notice for the page."""
    await meta.send("Hello Ana")

    overview = (await meta.http.get("/phone")).json()

    assert overview["business"] == {"name": "Trunkline", "number": "15550001111"}
    assert overview["notice"] == "Answers come from a test"
    assert [(one["name"], one["unread"]) for one in overview["people"]] == [("Ana", 1), ("Ben", 0), ("Lúcia", 0)]
    assert overview["people"][0]["last"]["body"] == "Hello Ana"


async def test_an_open_thread_has_nothing_unread(meta: RunningSimulator) -> None:
    """Reading a thread resets its count."""
    await meta.send("Hello Ana")
    await meta.http.post(f"/phone/+{ANA}/read")

    assert (await meta.http.get("/phone")).json()["people"][0]["unread"] == 0


async def test_new_people_get_phones(meta: RunningSimulator) -> None:
    """A phone is added by name, or by its first message."""
    await meta.http.put("/phone/+15550007777", json={"name": "Carla"})
    await meta.write("Hi", number="15550008888")

    people = (await meta.http.get("/phone")).json()["people"]

    assert [one["name"] for one in people[-2:]] == ["Carla", "+15550008888"]


@pytest.mark.parametrize(
    ("number", "body"), [("abc", {"text": "Hi"}), (ANA, {"text": ""}), (ANA, {"text": "x" * 4097}), (ANA, {})]
)
async def test_impossible_messages_are_refused(meta: RunningSimulator, number: str, body: dict) -> None:
    """An impossible number or text is refused."""
    answer = await meta.http.post(f"/phone/{number}/messages", json=body)

    assert answer.status_code == 400


async def test_a_body_nested_without_end_is_refused(meta: RunningSimulator) -> None:
    """It is not an error of the simulator."""
    answer = await meta.http.post(f"/phone/{ANA}/messages", content=b"[" * 100_000)

    assert answer.status_code == 400


async def test_an_unknown_phone_has_no_thread(meta: RunningSimulator) -> None:
    """404 for a number nobody has."""
    assert (await meta.http.get("/phone/15550009999/messages")).status_code == 404


async def test_two_simulators_share_nothing() -> None:
    """All state belongs to the simulator object."""
    async with (
        fake_business() as business,
        running_simulator(webhook_url=business.url) as one,
        running_simulator(webhook_url=business.url) as other,
    ):
        await one.write("Hi")

        assert await other.thread() == []
