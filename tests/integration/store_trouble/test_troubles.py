"""During any trouble of the store, channels get 503 quickly and nothing is half done. Afterwards all is answered."""

import asyncio
import time

import pytest

from entrypoints.observability.log_sampling import TURN_ENDED
from integration.store_trouble.conftest import BreakableService
from support.polling import eventually
from support.store_troubles import TROUBLES, StoreTrouble

MESSAGES = 5
QUICK_SECONDS = 3.0
CONTACTS_A_SECOND = 40
LINES = 4


@pytest.fixture(params=TROUBLES, ids=str)
def trouble(request: pytest.FixtureRequest) -> StoreTrouble:
    return request.param


async def test_a_refused_webhook_is_answered_once_when_it_comes_again(
    lasting: BreakableService, trouble: StoreTrouble
) -> None:
    """Each refusal is quick and has Retry-After. Meta and the test deliver again, and one answer follows."""
    phones = [await lasting.phone() for _ in range(MESSAGES)]
    bodies = [phone.text("hello", wamid=f"wamid.{phone.number}") for phone in phones]
    patient = await lasting.phone()

    async with lasting.in_trouble(trouble):
        refused = await asyncio.gather(*map(lasting.deliver, bodies))
        await patient.write("I can wait")
        alive = await lasting.probe("/livez")
    for body in (*bodies, *bodies):
        await eventually(lambda body=body: lasting.takes(body))
    for phone in (*phones, patient):
        await eventually(phone.heard, seconds=30)
    await lasting.works()

    assert {answer.status_code for answer, _ in refused} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer, _ in refused)
    assert max(seconds for _, seconds in refused) < QUICK_SECONDS
    assert alive.status_code == 200
    assert [await phone.heard() for phone in phones] == [["You said: hello"]] * MESSAGES
    assert await patient.heard() == ["You said: I can wait"]


async def test_trouble_is_logged_briefly_and_the_store_is_not_flooded(
    lasting: BreakableService, trouble: StoreTrouble
) -> None:
    """Readiness names the store, the log has a few lines, and the process tries only now and then."""
    proxy, service, phone = lasting.proxy, lasting.service, await lasting.phone()
    bodies = [phone.text("hi", wamid=f"wamid.{phone.number}.{number}") for number in range(MESSAGES)]
    before, began = len(service.log), time.monotonic()

    async with lasting.in_trouble(trouble):
        await asyncio.gather(*map(lasting.deliver, bodies))
        ready = await lasting.probe("/readyz")
        if trouble.name != "away":  # nobody is there to count
            await eventually(lambda: proxy.contacts(began) >= MESSAGES + 15, seconds=30)
        contacts, seconds = proxy.contacts(began), time.monotonic() - began
    await lasting.works()

    logged = service.log[before:]
    assert (ready.status_code, ready.json().get("parts", {}).get("store")) in {(503, "unreachable"), (503, "no answer")}
    assert len([line for line in logged.splitlines() if TURN_ENDED not in line]) <= LINES
    assert '"level": "error"' not in logged
    assert contacts <= CONTACTS_A_SECOND * max(1.0, seconds)
