"""A number that Meta has stopped."""

import pytest

from support.installation import Installation
from support.model_server import ScriptedModel
from support.operators import Operators
from support.phone import Phone, dead_letters
from support.polling import eventually
from support.service import Service

DEFERRED = 'turns_total{outcome="deferred"}'


@pytest.fixture
def installation(other_installation: Installation) -> Installation:
    return other_installation


def asked(model: ScriptedModel, query: str) -> int:
    """How often the model was asked this."""
    return sum(request["messages"][-1]["content"] == query for request in model.requests)


async def write_in_vain(phone: Phone, operators: Operators, text: str) -> None:
    """Write, and wait until a turn was taken up and put back."""
    before = await operators.counted(DEFERRED)
    await phone.write(text)

    async def put_back() -> bool:
        return await operators.counted(DEFERRED) > before

    await eventually(put_back)


async def test_everything_waits_until_it_is_mended(
    service: Service, phone: Phone, other_phone: Phone, operators: Operators, model: ScriptedModel
) -> None:
    """One send found it out; no agent runs meanwhile, and in the end all are answered in order."""
    first, second, third = (f"{ordinal} {phone.number}" for ordinal in ("first", "second", "third"))
    await phone.meta.control(fail_sends=1000, fail_code=190)
    await phone.write(first)
    await operators.event("stopped", reason="190")

    await phone.write(second)
    await write_in_vain(other_phone, operators, third)
    tried = 1000 - phone.meta.simulator.control.fail_sends
    asked_meanwhile = [asked(model, query) for query in (first, second, third)]
    await phone.meta.control()
    await operators.let_go_on()

    assert (tried, asked_meanwhile) == (1, [1, 0, 0])
    await other_phone.next_after(0)
    await eventually(lambda: _has(phone, 2))
    await operators.event("resumed")
    assert await phone.heard() == [f"You said: {first}", f"You said: {second}"]
    assert [asked(model, query) for query in (first, second, third)] == [1, 1, 1]
    assert not {phone.number, other_phone.number} & {letter["user"] for letter in await dead_letters(service)}


async def _has(phone: Phone, count: int) -> bool:
    return len(await phone.heard()) >= count


async def test_a_locked_account_stops_the_number(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """By Meta's notice, before any send is refused."""
    question = f"locked {phone.number}"
    await phone.meta.tell("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}})
    await operators.event("stopped", reason="account_update event: DISABLED_UPDATE")

    await write_in_vain(phone, operators, question)
    asked_meanwhile = asked(model, question)
    await operators.let_go_on()

    assert await phone.next_after(0) == f"You said: {question}"
    assert asked_meanwhile == 0
