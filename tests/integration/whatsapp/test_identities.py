"""People without a phone number, and people who change theirs."""

import pytest

from support.model_server import ScriptedModel
from support.operators import Operators
from support.phone import Phone, post
from support.polling import eventually
from support.service import Service
from support.simulator import RunningSimulator
from support.whatsapp_messages import NOW, system_message, text_message
from support.whatsapp_webhooks import webhook

SHIPPED = {"template": {"name": "shipped", "language": "en_US"}}


def user_id_of(phone: Phone) -> str:
    return phone.meta.simulator.phones[phone.number].person.user_id


def sent_to(phone: Phone) -> set[str]:
    """The recipients of our messages to this person."""
    names = {phone.number, user_id_of(phone)}
    return {record.to for record in phone.meta.simulator.sent if record.to in names}


async def listening_phone(meta: RunningSimulator, number: str) -> Phone:
    """A person whose messages the test itself posts."""
    (await meta.http.put(f"/phone/{number}", json={"name": "Somebody"})).raise_for_status()
    meta.simulator.phones[number].open_window(age_seconds=0)
    return Phone(meta=meta, number=number)


async def webhook_accepted(phone: Phone, note: str) -> None:
    """Wait until the webhook for this note in the thread was accepted."""

    async def taken() -> bool:
        return (await phone.meta.message(note, number=phone.number))["status"] == "delivered"

    await eventually(taken)


async def test_who_hides_the_number_is_answered(hidden_phone: Phone) -> None:
    """By Meta's user id, since no number is known."""
    assert await hidden_phone.ask("Hello") == "You said: Hello"
    assert await hidden_phone.ask("Still there?") == "You said: Still there?"
    assert sent_to(hidden_phone) == {user_id_of(hidden_phone)}


async def test_operators_write_to_a_user_id(hidden_phone: Phone, operators: Operators) -> None:
    """The message is in the conversation of that person."""
    await hidden_phone.ask("Hello")

    answer = await operators.write(SHIPPED, key=hidden_phone.number, user_id=user_id_of(hidden_phone))

    assert await hidden_phone.next_after(1) == "[shipped]"
    assert answer.json()["conversation"] == f"whatsapp:{user_id_of(hidden_phone)}"


async def test_who_hides_the_number_later_stays_the_same_person(phone: Phone, operators: Operators) -> None:
    """The session goes on under the id they had."""
    await phone.ask("Hello")
    await phone.ask("/new")
    await phone.meta.change_phone(number=phone.number, hides_number=True)

    assert await phone.ask("Do you know me?") == "You said: Do you know me?"
    assert (await operators.conversation(phone.number))["session"] == 1


async def test_a_change_of_user_id_keeps_the_session(hidden_phone: Phone, operators: Operators) -> None:
    """A person who hides the number gets a new user id with a new number."""
    await hidden_phone.ask("Hello")
    await hidden_phone.ask("/new")
    before = user_id_of(hidden_phone)
    moved = Phone(meta=hidden_phone.meta, number=f"{hidden_phone.number}9")

    await hidden_phone.meta.http.post(f"/phone/{hidden_phone.number}/number", json={"number": moved.number})
    answer = await moved.ask("Do you know me?")

    assert answer == "You said: Do you know me?"
    assert (await operators.conversation(before))["session"] == 1
    assert (await operators.conversation(user_id_of(moved)))["user"] == before


@pytest.mark.parametrize("hides_number", [False, True])
async def test_another_user_id_alone_keeps_the_session(
    phone: Phone, operators: Operators, *, hides_number: bool
) -> None:
    """Meta reports it without a message. The next message is from the known person, and is answered there."""
    await phone.meta.change_phone(number=phone.number, hides_number=hides_number)
    await phone.ask("Hello")
    await phone.ask("/new")
    before = user_id_of(phone)

    await webhook_accepted(phone, await phone.act("user_ids"))
    answer = await phone.ask("Do you know me?")

    conversation = await operators.conversation(user_id_of(phone))
    assert answer == "You said: Do you know me?"
    assert (conversation["user"], conversation["session"]) == (before if hides_number else phone.number, 1)


async def test_another_user_id_before_anything_was_said(phone: Phone, operators: Operators) -> None:
    """The report about an unknown person has no effect. A person who writes later is answered."""
    await webhook_accepted(phone, await phone.act("user_ids"))

    assert await phone.ask("Hello") == "You said: Hello"
    assert (await operators.conversation(user_id_of(phone)))["user"] == phone.number


async def test_a_colleague_writes_to_who_hides_the_number(hidden_phone: Phone, operators: Operators) -> None:
    """The agent is silent in the same conversation."""
    await hidden_phone.ask("Hello")

    await hidden_phone.act("human", text="I am here")

    await operators.event("human", of=user_id_of(hidden_phone))
    assert (await operators.conversation(user_id_of(hidden_phone)))["human"] is True


async def test_a_change_of_number_keeps_the_session(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """The conversation keeps its new session and its choices. Answers go to the new number."""
    await phone.ask("Hello")
    await phone.ask("/new")
    before = await operators.conversation(phone.number)
    moved = Phone(meta=phone.meta, number=f"{phone.number}9")

    await phone.meta.http.post(f"/phone/{phone.number}/number", json={"number": moved.number})
    await operators.event("identity", detail=moved.number)
    answer = await moved.ask("This is my new number")

    after = await operators.conversation(phone.number)
    assert answer == "You said: This is my new number"
    assert (before["session"], after["session"]) == (1, 1)
    assert after["heard_at"] >= before["heard_at"]
    assert (await moved.got())[-1]["body"] == answer
    assert await operators.conversation(f"+{moved.number}") == after


async def test_a_repeated_move_changes_nobody(phone: Phone, service: Service, operators: Operators) -> None:
    """Two moves, both numbers have new owners, and Meta repeats the first report. All reports have numbers only."""
    first, second, third = (f"{phone.number}{digit}" for digit in "123")
    moves = [
        webhook(system_message(sender=old, system={"wa_id": new}, wamid=f"wamid.{new}", at=NOW + at))
        for at, old, new in ((1, first, second), (2, second, third))
    ]

    async def ask(number: str, *, at: int) -> str:
        asks = await listening_phone(phone.meta, number)
        before = len(await asks.heard())
        agent_text = text_message(f"It is {at} o'clock", sender=number, wamid=f"wamid.{number}.{at}", at=NOW + at)
        await post(service, webhook(agent_text))
        return (await asks.next_after(before)).removeprefix("You said: ")

    await ask(first, at=0)
    for move in moves:
        await post(service, move)
    owners = [await ask(number, at=3) for number in (first, second)]
    repeated = await post(service, moves[0])
    mover = await ask(third, at=4)
    owners += [await ask(number, at=5) for number in (first, second)]

    users = (first, f"{first}~2", f"{second}~2", second, third)
    heard = [(await operators.conversation(user))["heard_at"] for user in users]
    assert repeated.status_code == 200
    assert (mover, owners) == ("It is 4 o'clock", ["It is 3 o'clock"] * 2 + ["It is 5 o'clock"] * 2)
    assert heard == [NOW + 4, NOW + 5, NOW + 5, None, NOW + 4]
