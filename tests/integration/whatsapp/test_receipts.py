"""Read receipts, typing, delivery statuses and prices."""

from collections.abc import AsyncIterator

import pytest

from integration.whatsapp.conftest import new_phone
from support.installation import Install, Installation
from support.model_server import Says, ScriptedModel
from support.operators import Operators
from support.phone import Phone
from support.polling import eventually

NUMBER = 'channel="whatsapp"'
DELIVERIES = f"deliveries_total{{{NUMBER}"


@pytest.fixture(scope="module")
async def quiet(install: Install) -> AsyncIterator[Installation]:
    """An installation without read receipts. It counts only the messages of this test."""
    async with install(acknowledge=False) as installation:
        yield installation


async def types(phone: Phone) -> bool:
    return bool((await phone.shown())["typing"])


async def test_blue_ticks_and_typing_while_the_agent_works(phone: Phone, model: ScriptedModel) -> None:
    """From the start of the turn until the answer."""
    question = f"think it over {phone.number}"
    model.script[question] = Says(text="Here you are", delay_seconds=1)

    await phone.write(question)

    await eventually(lambda: types(phone))
    [written] = await phone.meta.thread(number=phone.number)
    assert written["status"] == "read"
    assert await phone.next_after(0) == "Here you are"
    assert not await types(phone)


async def test_blue_ticks_for_what_no_agent_answers(phone: Phone) -> None:
    """It was read all the same."""
    await phone.ask("/new")

    [written, _] = await phone.meta.thread(number=phone.number)
    assert written["status"] == "read"
    assert not await types(phone)


async def test_every_message_is_counted_once(quiet: Installation) -> None:
    """Statuses may come repeatedly and in any order. There are no read receipts."""
    operators, phone = Operators(quiet.service), await new_phone(quiet.meta)
    await quiet.meta.control(statuses_twice=True, statuses_reversed=True, status_delay_seconds=0)

    await phone.ask("Hello")
    (await phone.meta.http.post(f"/phone/{phone.number}/read")).raise_for_status()

    async def read() -> bool:
        return await operators.counted(f'{DELIVERIES},status="read"') == 1

    await eventually(read)
    assert await operators.counted('billable_messages_total{category="service"') == 1
    assert await operators.counted(f'{DELIVERIES},status="delivered"') == 1
    [asked, _] = await phone.meta.thread(number=phone.number)
    assert asked["status"] == "delivered"


async def test_a_failure_is_counted_by_what_it_means(quiet: Installation) -> None:
    """An alert can tell a number that is blocked from a file that is broken."""
    operators, phone = Operators(quiet.service), await new_phone(quiet.meta)
    await quiet.meta.control(fail_later=1, fail_later_code=131049, status_delay_seconds=0)

    await phone.ask("Any offers?")

    async def failed() -> bool:
        return await operators.counted(f'delivery_failures_total{{{NUMBER},failure="final"') == 1

    await eventually(failed)
