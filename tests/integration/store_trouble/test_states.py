"""A store that loses or refuses something while it answers: scripts, data, memory, speed."""

import asyncio
import signal
import time

from entrypoints.observability.log_sampling import TURN_ENDED
from integration.store_trouble.conftest import BreakableService
from support.model_server import Says, ScriptedModel
from support.polling import eventually
from support.store_proxy import Trouble

PEOPLE = 40
CONTACTS_A_SECOND = 15


async def test_forgotten_scripts_are_loaded_again(lasting: BreakableService) -> None:
    """Not even one webhook is refused."""
    phone = await lasting.phone()

    await lasting.proxy.server.command("SCRIPT", "FLUSH")
    answer, _ = await lasting.deliver(phone.text("hello", wamid=f"wamid.{phone.number}"))
    await lasting.proxy.server.command("SCRIPT", "FLUSH")
    await eventually(phone.heard)

    assert answer.status_code == 200


async def test_after_a_flush_new_messages_are_answered(lasting: BreakableService) -> None:
    """Workers prepare the store again, without a restart."""
    await lasting.proxy.server.command("FLUSHALL")
    began = time.monotonic()

    await lasting.works()

    assert time.monotonic() - began < 5


async def test_a_slow_store_makes_webhooks_slow(lasting: BreakableService) -> None:
    """With a tenth of a second for each command. They are not refused."""
    phone = await lasting.phone()
    lasting.proxy.delay_seconds = 0.1

    answer, seconds = await lasting.deliver(phone.text("hello", wamid=f"wamid.{phone.number}"))
    texts = await eventually(phone.heard, seconds=20)
    lasting.proxy.delay_seconds = 0

    assert (answer.status_code, texts) == (200, ["You said: hello"])
    assert seconds < 2


async def test_a_full_store_lets_turns_end(lasting: BreakableService, model: ScriptedModel) -> None:
    """New messages are refused. Turns under way end, and free memory."""
    model.script["before it was full"] = Says(text="done", delay_seconds=1)
    phone = await lasting.phone()
    await phone.write("before it was full")
    await eventually(lambda: model.queries.count("before it was full"))

    await lasting.proxy.server.command("CONFIG", "SET", "maxmemory", 1)
    refused, _ = await lasting.deliver(phone.text("more", wamid=f"wamid.full.{phone.number}"))
    keys = await lasting.proxy.server.command("KEYS", "*mail*")
    texts = await eventually(phone.heard)
    await lasting.proxy.server.command("CONFIG", "SET", "maxmemory", 0)

    assert refused.status_code == 503
    assert keys == []
    assert texts == ["done"]


async def test_a_worker_that_starts_on_a_full_store_makes_room(
    breakable: BreakableService, model: ScriptedModel
) -> None:
    """Otherwise the store would stay full for ever."""
    model.script["interrupted"] = Says(text="done", delay_seconds=1)
    phone = await breakable.phone()
    await phone.write("interrupted")
    await eventually(lambda: model.queries.count("interrupted"))
    await breakable.proxy.server.command("CONFIG", "SET", "maxmemory", 1)

    await breakable.service.restart()

    assert await eventually(phone.heard, seconds=20) == ["done"]


async def test_the_service_starts_before_its_store(breakable: BreakableService) -> None:
    """It answers 503 until the store is there."""
    await breakable.service.kill()
    await breakable.proxy.refuse()
    phone = await breakable.phone()
    body = phone.text("hello", wamid="wamid.early")

    await breakable.service.start()
    answer, seconds = await breakable.deliver(body)
    ready = await breakable.probe("/readyz")
    await breakable.proxy.listen()
    await eventually(lambda: breakable.takes(body))

    assert await eventually(phone.heard) == ["You said: hello"]
    assert (answer.status_code, ready.status_code, ready.json()["parts"]["store"]) == (503, 503, "unreachable")
    assert seconds < 1


async def test_the_service_waits_for_a_store_that_loads_its_file(breakable: BreakableService) -> None:
    """The store answers only that it is loading."""
    server = breakable.proxy.server
    fill = "for i = 1, 40000 do redis.call('SET', 'ballast:' .. i, i) end"
    await server.command("EVAL", fill, 0)
    phone = await breakable.phone()
    await server.end(signal.SIGKILL)

    await server.start(wait=False, key_load_delay="100")
    await eventually(lambda: "Ready to accept" in server.log or server.socket.exists())
    answer, seconds = await breakable.deliver(phone.text("hello", wamid="wamid.loading"))
    loading = not await server.answers()
    await eventually(server.answers, seconds=60)
    await eventually(lambda: breakable.takes(phone.text("hello", wamid="wamid.loading")))

    assert await eventually(phone.heard, seconds=20) == ["You said: hello"]
    assert loading
    assert (answer.status_code, seconds < 3) == (503, True)


async def test_many_turns_under_way_do_not_flood_the_store(breakable: BreakableService, model: ScriptedModel) -> None:
    """Each has to record its answer. They wait for the store, and nobody gets an answer twice."""
    model.script["all together"] = Says(text="done", delay_seconds=2)
    phones = [await breakable.phone() for _ in range(PEOPLE)]
    bodies = [phone.text("all together", wamid=f"wamid.{phone.number}") for phone in phones]
    assert {answer.status_code for answer, _ in await asyncio.gather(*map(breakable.deliver, bodies))} == {200}
    await eventually(lambda: model.queries.count("all together") >= PEOPLE)

    breakable.proxy.break_connections(Trouble.RESET)
    began = time.monotonic()
    await eventually(lambda: breakable.proxy.attempts(began) >= 15, seconds=30)
    rate = breakable.proxy.attempts(began) / (time.monotonic() - began)
    breakable.proxy.break_connections(Trouble.NONE)
    for phone in phones:
        await eventually(phone.heard, seconds=30)
    await breakable.works()

    assert rate < CONTACTS_A_SECOND
    assert [await phone.heard() for phone in phones] == [["done"]] * PEOPLE
    assert len([line for line in breakable.service.log.splitlines() if TURN_ENDED not in line]) < 15
