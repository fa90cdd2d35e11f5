"""From a message to the agent's answer, with crashes in between."""

import asyncio
import signal
import time

import httpx

from support.model_server import Says, ScriptedModel
from support.polling import eventually
from support.service import Service, StartService
from support.simulator import ANA, APP_SECRET, BEN, RunningSimulator
from support.whatsapp_messages import NOW, text_message
from support.whatsapp_webhooks import contact, sign, webhook

NOTICE = "please"


async def deliver(service: Service, *messages: object) -> httpx.Response:
    """Post a signed webhook as Meta does."""
    body = webhook(*messages, contacts=[contact()])
    headers = {"content-type": "application/json", **sign(body, APP_SECRET)}
    return await service.http.post(service.webhook_url, content=body, headers=headers)


async def test_a_question_is_answered(start_service: StartService, meta: RunningSimulator) -> None:
    """Written on the phone, answered by the agent, marked as read."""
    await start_service()
    message_id = await meta.write("What time is it?")

    await eventually(meta.answers)

    assert await meta.answers() == ["You said: What time is it?"]
    assert (await meta.message(message_id))["status"] == "read"


async def test_a_delivery_to_two_processes_at_once_is_answered_once(
    start_service: StartService, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """Also when it is repeated after the answer."""
    first, second = await start_service(), await start_service()
    message = text_message("twice at once", sender=ANA, wamid="wamid.twice")

    answers = await asyncio.gather(*(deliver(service, message) for service in (first, second) * 5))
    await eventually(meta.answers)
    late = await deliver(second, message)
    await deliver(first, text_message("afterwards", sender=ANA, wamid="wamid.afterwards"))
    await eventually(lambda: _count(meta, 2))

    assert {answer.status_code for answer in (*answers, late)} == {200}
    assert await meta.answers() == ["You said: twice at once", "You said: afterwards"]
    assert model.queries.count("twice at once") == 1


async def _count(meta: RunningSimulator, count: int, *, number: str = ANA) -> bool:
    return len(await meta.answers(number=number)) >= count


async def test_quick_messages_are_answered_in_order(
    start_service: StartService, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """The second waits for the first, however slow its answer is."""
    model.script["first, slow"] = Says(text="one", delay_seconds=0.5)
    model.script["second, quick"] = Says(text="two")
    await start_service()

    await meta.write("first, slow")
    await eventually(lambda: model.queries.count("first, slow"))
    await meta.write("second, quick")
    await eventually(lambda: _count(meta, 2))

    assert await meta.answers() == ["one", "two"]


async def test_messages_that_come_together_are_one_turn(start_service: StartService, meta: RunningSimulator) -> None:
    """With the default debounce."""
    await start_service(debounce_seconds=0.5)

    await meta.write("I have")
    await meta.write("a question")
    await eventually(meta.answers)

    assert await meta.answers() == ["You said: I have\na question"]


async def test_one_persons_slow_agent_does_not_hold_up_another(
    start_service: StartService, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """Conversations do not wait for each other."""
    model.script["think hard"] = Says(hold=True)
    await start_service()

    await meta.write("think hard", number=ANA)
    await eventually(lambda: model.queries.count("think hard"))
    await meta.write("quick one", number=BEN)
    await eventually(lambda: meta.answers(number=BEN), seconds=20)

    assert await meta.answers(number=ANA) == []


async def test_thirty_one_messages_in_a_minute(
    start_service: StartService, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """Thirty runs of the agent, and one notice."""
    service = await start_service(texts={"please_wait": "A moment, please."})
    before = len(model.requests)

    for number in range(31):
        await deliver(
            service, text_message(f"message {number}", sender=ANA, wamid=f"wamid.flood.{number}", at=NOW + number)
        )
    await eventually(lambda: _said(meta, "A moment, please."), seconds=60)
    await deliver(service, text_message("one more", sender=ANA, wamid="wamid.flood.more", at=NOW + 100))
    await deliver(service, text_message("from another", sender=BEN, wamid="wamid.ben"))
    await eventually(lambda: meta.answers(number=BEN))

    runs = model.queries[before:]
    flood = [line for run in runs for line in run.split("\n") if line.startswith("message ")]
    assert flood == [f"message {number}" for number in range(30)]
    assert len(runs) <= 31
    assert (await meta.answers()).count("A moment, please.") == 1


async def _said(meta: RunningSimulator, text: str) -> bool:
    return text in await meta.answers()


async def test_killed_right_after_the_200(start_service: StartService, meta: RunningSimulator) -> None:
    """The restarted process answers the message."""
    service = await start_service()

    assert (await deliver(service, text_message("are you there?", sender=ANA))).status_code == 200
    await service.kill()
    await service.start()
    await eventually(meta.answers, seconds=30)

    assert await meta.answers() == ["You said: are you there?"]


async def test_killed_while_the_agent_runs(
    start_service: StartService, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """Another worker takes over after the lease. The person gets one answer."""
    model.script["take your time"] = Says(text="here it is", delay_seconds=2)
    service = await start_service()

    await deliver(service, text_message("take your time", sender=ANA, wamid="wamid.killed"))
    await eventually(lambda: model.queries.count("take your time"))
    await service.kill()
    await service.start()
    await eventually(meta.answers, seconds=30)

    assert await meta.answers() == ["here it is"]


async def test_the_200_does_not_wait_for_the_agent(start_service: StartService, model: ScriptedModel) -> None:
    """The agent needs twenty seconds. Webhooks are answered in a twentieth of that at most."""
    model.script["twenty seconds"] = Says(text="late", delay_seconds=20)
    service = await start_service()
    await deliver(service, text_message("twenty seconds", sender=BEN, wamid="wamid.slow"))
    await eventually(lambda: model.queries.count("twenty seconds"))

    took = []
    for number in range(20):
        started = time.perf_counter()
        answer = await deliver(service, text_message("more", sender=BEN, wamid=f"wamid.more.{number}"))
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200

    assert sorted(took)[10] < 1


async def test_sigterm_ends_it_soon_and_loses_nothing(
    start_service: StartService, meta: RunningSimulator, model: ScriptedModel
) -> None:
    """Turns under way are finished. Later messages wait in the store."""
    model.script["nearly done"] = Says(text="done", delay_seconds=1)
    service = await start_service()
    await deliver(service, text_message("nearly done", sender=ANA, wamid="wamid.term"))
    await eventually(lambda: model.queries.count("nearly done"))

    service.send(signal.SIGTERM)
    code = await service.wait(seconds=10)

    assert code == 0
    assert await meta.answers() == ["done"]
    assert model.queries.count("nearly done") == 1


async def test_web_and_worker_in_two_processes(start_service: StartService, meta: RunningSimulator) -> None:
    """One accepts, the other answers. They share only the store."""
    await start_service(role="web")
    await meta.write("is anybody there?")
    assert await meta.answers() == []

    await start_service(role="worker")
    await eventually(meta.answers)

    assert await meta.answers() == ["You said: is anybody there?"]
