"""Meta blocks the account of a number, or its token."""

import time

import pytest

from support.installation import Installation
from support.model_server import ScriptedModel
from support.operators import Operators
from support.phone import Phone, dead_letters, post
from support.polling import eventually
from support.service import Service
from support.whatsapp_webhooks import entry, envelope

DEFERRED = 'turns_total{channel="whatsapp",outcome="deferred"}'


@pytest.fixture
def installation(other_installation: Installation) -> Installation:
    return other_installation


async def write_in_vain(phone: Phone, operators: Operators, text: str) -> None:
    """Write, and wait until a turn was tried and deferred."""
    before = await operators.counted(DEFERRED)
    await phone.write(text)

    async def put_back() -> bool:
        return await operators.counted(DEFERRED) > before

    await eventually(put_back)


@pytest.mark.parametrize("code", [190, 131048, 131031])
async def test_everything_waits_until_the_account_is_repaired(
    phone: Phone, other_phone: Phone, operators: Operators, model: ScriptedModel, code: int
) -> None:
    """One send finds it out. No agent runs in the meantime, and at last all messages are answered in order."""
    first, second, third = (f"{ordinal} {phone.number}" for ordinal in ("first", "second", "third"))
    await phone.meta.control(fail_sends=1000, fail_code=code)
    await phone.write(first)
    await eventually(operators.breaker_is_open)

    await phone.write(second)
    await write_in_vain(other_phone, operators, third)
    tried = 1000 - phone.meta.simulator.control.fail_sends
    asked_meanwhile = [model.queries.count(query) for query in (first, second, third)]
    await phone.meta.control()
    await operators.close_circuit_breaker()

    assert (tried, asked_meanwhile) == (1, [1, 0, 0])
    await other_phone.next_after(0)
    await eventually(lambda: _has(phone, 2))
    await operators.event("resumed")
    assert await phone.heard() == [f"You said: {first}", f"You said: {second}"]
    assert [model.queries.count(query) for query in (first, second, third)] == [1, 1, 1]
    assert not {phone.number, other_phone.number} & {letter["user"] for letter in await dead_letters(operators.service)}


async def test_a_status_opens_the_circuit_breaker(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """Meta accepts the message, and reports in a status that the account is blocked."""
    question = f"unpaid {phone.number}"
    await phone.meta.control(fail_later=1, fail_later_code=131042, status_delay_seconds=0)
    await phone.ask("Hello")
    await eventually(operators.breaker_is_open)

    await write_in_vain(phone, operators, question)
    asked_meanwhile = model.queries.count(question)
    await operators.close_circuit_breaker()

    assert (await phone.next_after(1)).endswith(question)
    assert asked_meanwhile == 0


@pytest.mark.parametrize(("account", "age"), [("200000000000001", 120), ("200000000000002", 0)])
async def test_a_notice_that_is_old_or_about_others_has_no_effect(
    service: Service, phone: Phone, operators: Operators, account: str, age: int
) -> None:
    """It only becomes an event."""
    banned = {"field": "account_update", "value": {"event": "DISABLED_UPDATE", "told_to": phone.number}}
    notice = envelope({**entry(banned, account=account), "time": int(time.time()) - age})

    await post(service, notice)

    await operators.event("account" if age else "unrecognised", detail=f"told_to: {phone.number}")
    assert await phone.ask("Hello") == "You said: Hello"


async def _has(phone: Phone, count: int) -> bool:
    return len(await phone.heard()) >= count


async def test_an_open_circuit_breaker_is_shown_until_it_is_closed(phone: Phone, operators: Operators) -> None:
    """To operators, and in the metrics for an alert."""
    await phone.meta.send_account_event(
        "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SHOWN"}}
    )

    await eventually(operators.breaker_is_open)
    breaker, gauge = await operators.circuit_breaker(), await operators.counted("circuit_breaker_open")
    await operators.close_circuit_breaker()

    assert "waba_ban_state: SHOWN" in breaker["reason"]
    assert breaker["since"] < breaker["retry_at"]
    assert gauge == 1
    assert await operators.counted("circuit_breaker_open") == 0
    assert not await operators.breaker_is_open()


async def test_a_notice_about_a_locked_account_opens_the_circuit_breaker(
    phone: Phone, operators: Operators, model: ScriptedModel
) -> None:
    """Before any send is refused."""
    question = f"locked {phone.number}"
    await phone.meta.send_account_event(
        "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    )
    await eventually(operators.breaker_is_open)

    await write_in_vain(phone, operators, question)
    asked_meanwhile = model.queries.count(question)
    await operators.close_circuit_breaker()

    assert await phone.next_after(0) == f"You said: {question}"
    assert asked_meanwhile == 0


async def test_a_person_who_moves_meanwhile_is_answered_at_the_new_number(phone: Phone, operators: Operators) -> None:
    """The answer was composed before they changed their number."""
    new_number = f"{phone.number}99"
    await phone.meta.control(fail_sends=1000, fail_code=190)
    await phone.write("Where am I?")
    await eventually(operators.breaker_is_open)

    (await phone.meta.http.post(f"/phone/{phone.number}/number", json={"number": new_number})).raise_for_status()
    await operators.event("identity", detail=new_number)
    await phone.meta.control()
    await operators.close_circuit_breaker()

    moved = Phone(meta=phone.meta, number=new_number)
    assert await moved.next_after(0) == "You said: Where am I?"
