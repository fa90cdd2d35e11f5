"""SIGTERM: turns are finished where possible, the rest is handed back at once, nothing is lost or sent twice."""

import asyncio
import signal

import httpx
import pytest

from adapters.redis import scripts
from integration.drain.conftest import Processes, connection, stopped
from support.model_server import Says
from support.phone import ADMIN, post
from support.polling import eventually
from support.service import Service

HAND_OVER_SECONDS = 0.1
# On a quiet machine one second is enough.
SPARE_SECONDS = 2.0
HEAD = b"Host: localhost\r\nAuthorization: " + ADMIN["Authorization"].encode() + b"\r\n"
EVENTS = b"GET /v1/channels/events HTTP/1.1\r\n" + HEAD + b"\r\n"
LIVEZ = b"GET /livez HTTP/1.1\r\n" + HEAD + b"\r\n"
HALF_A_HEAD = b"POST /v1/channels/whatsapp/webhook HTTP/1.1\r\nHost: local"
SIGNATURE = b"X-Hub-Signature-256: sha256=" + b"0" * 64 + b"\r\n"
HALF_A_BODY = (
    b"POST /v1/channels/whatsapp/webhook HTTP/1.1\r\n" + HEAD + SIGNATURE + b'Content-Length: 1000\r\n\r\n{"object"'
)


async def test_open_connections_do_not_delay_the_stop(processes: Processes) -> None:
    """Streams, idle connections and incomplete requests are closed. The turn under way is finished."""
    processes.model.script["almost done"] = Says(text="done", delay_seconds=1.5)
    service, phone = await processes.start(grace_seconds=10), await processes.phone()
    async with (
        connection(service, EVENTS) as stream,
        connection(service, LIVEZ) as idle,
        connection(service),
        connection(service, HALF_A_HEAD),
        connection(service, HALF_A_BODY) as half,
    ):
        await stream.readuntil(b"retry: 2000")
        await idle.readuntil(b'{"status":"alive"}')
        await phone.write("almost done")
        await eventually(lambda: processes.asked("almost done"))

        code, seconds = await stopped(service)

        assert (code, await half.read()) == (0, b"")
    assert seconds < 1.5 + SPARE_SECONDS
    assert await phone.heard() == ["done"], service.log
    assert '"level": "error"' not in service.log


async def test_an_idle_process_stops_at_once(processes: Processes) -> None:
    """It does not wait for its grace."""
    service = await processes.start(grace_seconds=20)

    code, seconds = await stopped(service)

    assert (code, seconds < SPARE_SECONDS) == (0, True)


async def test_long_turns_are_handed_back_at_once(processes: Processes) -> None:
    """Another worker begins at once, long before the lease would expire."""
    processes.model.script["long"] = Says(text="too late", delay_seconds=30)
    service, phone = await processes.start(grace_seconds=1, lease_seconds=30), await processes.phone()
    await phone.write("long")
    await eventually(lambda: processes.asked("long") == 1)
    processes.model.script["long"] = Says(text="done")
    await processes.start(role="worker", lease_seconds=30)
    await eventually(lambda: processes.proxy.commands_since(0)["XREADGROUP"] >= 3)

    code, seconds = await stopped(service)
    await eventually(lambda: processes.asked("long") == 2)
    handed_back = _first(processes, scripts.RELEASE.sha)
    begun = _first(processes, scripts.BEGIN.sha, since=handed_back)

    assert (code, seconds < 1 + SPARE_SECONDS) == (0, True)
    assert begun - handed_back < HAND_OVER_SECONDS
    assert await eventually(phone.heard) == ["done"]


def _first(processes: Processes, name: str, *, since: float = 0) -> float:
    return next(at for at, command in processes.proxy.commands if command == name and at > since)


async def test_a_request_under_way_is_answered_and_no_new_one_accepted(processes: Processes) -> None:
    """From the signal on, the process is not ready, or does not listen."""
    service, phone = await processes.start(), await processes.phone()
    processes.proxy.delay_seconds = 0.3
    under_way = asyncio.create_task(post(service, phone.text("just in time", wamid="wamid.in.time")))
    await eventually(lambda: processes.proxy.commands_since(0)[scripts.ACCEPT.sha])
    processes.proxy.delay_seconds = 0

    service.send(signal.SIGTERM)
    statuses = await _readiness_until_the_end(service)

    assert (await under_way).status_code == 200
    assert await service.wait() == 0
    assert statuses[-1] is None
    assert set(statuses[1:]) <= {503, None}  # the first may have come before the signal
    await processes.start()
    assert await eventually(phone.heard) == ["You said: just in time"]


async def _readiness_until_the_end(service: Service) -> list[int | None]:
    """The answers of /readyz on new connections. None when nobody listens any more."""
    statuses = list[int | None]()
    async with httpx.AsyncClient(trust_env=False) as client:
        while None not in statuses:
            try:
                answer = await client.get(f"{service.url}/readyz", headers={"Connection": "close"})
                statuses.append(answer.status_code)
            except httpx.TransportError:
                statuses.append(None)
    return statuses


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_does_no_harm(processes: Processes, second: signal.Signals) -> None:
    """The turn under way is finished all the same."""
    question = f"patience, {second.name}"
    processes.model.script[question] = Says(text="done", delay_seconds=1)
    service, phone = await processes.start(grace_seconds=10), await processes.phone()
    await phone.write(question)
    await eventually(lambda: processes.asked(question))

    service.send(signal.SIGTERM)
    await eventually(lambda: '"worker is stopping"' in service.log)
    service.send(second)

    assert await service.wait() == 0
    assert await phone.heard() == ["done"]
    assert "Traceback" not in service.log


@pytest.mark.parametrize("stalled", [True, False], ids=["stalled", "away"])
async def test_it_ends_while_the_store_is_away(processes: Processes, *, stalled: bool) -> None:
    """Within its grace. The next process answers once, when the store is back."""
    question = f"no store, {stalled}"
    processes.model.script[question] = Says(text="done", delay_seconds=0.5)
    service, phone = await processes.start(grace_seconds=1), await processes.phone()
    await phone.write(question)
    await eventually(lambda: processes.asked(question))
    if stalled:
        processes.proxy.server.send(signal.SIGSTOP)
    else:
        await processes.proxy.refuse()

    code, seconds = await stopped(service)
    if stalled:
        processes.proxy.server.send(signal.SIGCONT)
    else:
        await processes.proxy.listen()
    await processes.start()

    assert (code, seconds < 1 + 5) == (0, True)
    assert await eventually(phone.heard, seconds=20) == ["done"]
    assert len(processes.sends_to(phone)) == 1
    assert "Traceback" not in service.log


async def test_a_send_under_way_waits_for_its_confirmation(processes: Processes) -> None:
    """Meta accepted it, but no response came within the grace. A status confirms it, and it is not sent again."""
    await processes.meta.control(unanswered=1.0, status_delay_seconds=2)
    service, phone = await processes.start(grace_seconds=0.5, confirm_seconds=30), await processes.phone()
    await phone.write("hello")
    await eventually(lambda: processes.sends_to(phone))

    code, _ = await stopped(service)
    await processes.meta.control(status_delay_seconds=0.1)
    await processes.start(confirm_seconds=30)
    await phone.write("and then")
    await eventually(lambda: _count(processes, phone, 2), seconds=20)

    assert code == 0
    assert await phone.heard() == ["You said: hello", "You said: and then"]


async def _count(processes: Processes, phone: object, count: int) -> bool:
    return len(processes.sends_to(phone)) >= count


@pytest.mark.parametrize("after_seconds", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
async def test_a_signal_during_start_up_ends_it(processes: Processes, after_seconds: float) -> None:
    """At any time: before Python handles signals, or after."""
    service = Service(processes.directory / "config-1", cold=True)
    first = await processes.start()
    await first.kill()

    starting = asyncio.create_task(service.start())
    await eventually(lambda: service.process)
    await asyncio.sleep(after_seconds)
    code, seconds = await stopped(service)
    await asyncio.gather(starting, return_exceptions=True)
    await service.close()

    assert code in {0, -signal.SIGTERM}
    assert seconds < 3
    assert "Traceback" not in service.log


async def test_rolling_restarts_lose_nothing_and_repeat_nothing(processes: Processes) -> None:
    """Each process in turn, while people write."""
    web = await processes.start(role="web")
    workers = [await processes.start(role="worker", grace_seconds=0.2) for _ in range(2)]
    phones = [await processes.phone() for _ in range(10)]
    processes.meta.point_at(web.webhook_url)

    for number in range(6):
        for phone in phones:
            await phone.write(f"message {number}")
        worker = workers[number % 2]
        assert (await stopped(worker))[0] == 0
        await worker.start()
    for phone in phones:
        await eventually(lambda phone=phone: _count(processes, phone, 6), seconds=30)

    expected = [f"You said: message {number}" for number in range(6)]
    assert [await phone.heard() for phone in phones] == [expected] * len(phones)
