"""Rare messages: in groups, permissions to call, addresses, new security codes."""

import json

import pytest

from support.model_server import ScriptedModel
from support.operators import Operators
from support.phone import Phone
from support.polling import eventually

GROUP = "Y2FwaV9ncm91cDp0ZWE"
CALLS = {
    "type": "call_permission_request",
    "body": {"text": "May we call you?"},
    "action": {"name": "call_permission_request"},
}
ADDRESS = {"type": "address_message", "body": {"text": "Where to?"}, "action": {"name": "address_message"}}


async def asked(phone: Phone, content: object) -> str:
    """Another system of the business asks with the same number. Returns the id of the question."""
    answer = await phone.meta.send_content("interactive", content, to=f"+{phone.number}")
    return str(answer.raise_for_status().json()["messages"][0]["id"])


@pytest.mark.parametrize("hides_number", [False, True])
async def test_a_group_is_not_answered(
    phone: Phone, operators: Operators, model: ScriptedModel, *, hides_number: bool
) -> None:
    """Nothing is marked as read, and the agent gets nothing. Operators see an event."""
    await phone.meta.change_phone(number=phone.number, hides_number=hides_number)
    first = await phone.send(text="Who is coming?", group=GROUP)
    others = [
        await phone.send("image", group=GROUP),
        await phone.act("reactions", message_id=first, emoji="👍"),
        await phone.act("revocations", message_id=first),
    ]
    for wamid in (first, *others):
        await operators.event("unrecognised", detail=f"{wamid} was sent to a group")
    thread = await phone.meta.thread(number=phone.number)

    assert [(bubble["author"], bubble["status"]) for bubble in thread] == [("person", "delivered")] * 2
    assert await phone.ask("And I alone?") == "You said: And I alone?"
    assert model.queries[-1] == "And I alone?"


async def test_statuses_of_a_group_have_no_effect(phone: Phone, other_phone: Phone, operators: Operators) -> None:
    """Another system of the business writes to the group. Each webhook is accepted, and no conversation changes."""
    for one in (phone, other_phone):
        await one.send(text="Who is coming?", group=GROUP + phone.number)
    answer = await phone.meta.send("Everybody", to=GROUP + phone.number, recipient_type="group")
    wamid = answer.json()["messages"][0]["id"]

    async def delivered() -> bool:
        shown = [(await one.got())[-1] for one in (phone, other_phone)]
        return [bubble["status"] for bubble in shown] == ["delivered"] * 2

    await eventually(delivered)
    await eventually(lambda: wamid in phone.meta.simulator.confirmed_at)
    await phone.ask("And I alone?")
    assert (await operators.conversation(phone.number))["human"] is False
    assert await other_phone.heard() == ["Everybody"]


@pytest.mark.parametrize("choice", ["accept", "reject"])
async def test_permission_to_call(phone: Phone, model: ScriptedModel, choice: str) -> None:
    """The agent gets a note about the answer. Nobody apologises for a tap."""
    await phone.act("taps", message_id=await asked(phone, CALLS), choice=choice)

    assert f"[answered call_permission_reply: response: {choice}" in await phone.next_after(1)
    assert f"response: {choice}" in model.queries[-1]


async def test_permission_to_call_beside_a_text(phone: Phone, model: ScriptedModel) -> None:
    """If both come together, the agent gets both."""
    await phone.meta.control(batch=2, batch_seconds=60)
    await phone.send("call_permission", content={"response": "accept"})
    await phone.write("Call me at nine")
    await phone.next_after(0)

    note, text = model.queries[-1].split("\n")
    assert note.startswith("[answered call_permission_reply: response: accept")
    assert text == "Call me at nine"


async def test_an_address(phone: Phone, model: ScriptedModel) -> None:
    """A form, in reply to the question of another system."""
    question = await asked(phone, ADDRESS)

    await phone.act("forms", message_id=question, values={"name": "Ana", "city": "Bonn"})
    await phone.next_after(1)

    *_, title, fields = model.queries[-1].split("\n")
    assert title == "[filled in the form address_message]"
    assert json.loads(fields) == {"values": {"name": "Ana", "city": "Bonn"}}


async def test_an_address_that_was_not_requested(phone: Phone, model: ScriptedModel) -> None:
    """The same, without a question."""
    await phone.send("address", content={"city": "Bonn"})
    await phone.next_after(0)

    title, fields = model.queries[-1].split("\n")
    assert title == "[filled in the form address_message]"
    assert json.loads(fields)["values"]["city"] == "Bonn"


async def test_about_a_product(phone: Phone, model: ScriptedModel) -> None:
    """The product is in a line of its own."""
    await phone.send(text="Is it green?", product="tea-100")
    await phone.next_after(0)

    assert model.queries[-1] == "[about the product tea-100]\nIs it green?"


@pytest.mark.parametrize("field", ["calls", "history", "smb_app_state_sync", "group_participants_update"])
async def test_items_that_are_not_messages(phone: Phone, field: str) -> None:
    """A missed call, old threads, address books, groups. Only a message in the same webhook is answered."""
    sent = len(phone.meta.simulator.sent)
    await phone.meta.control(batch=2, batch_seconds=60)

    await phone.meta.send_account_event(field)

    assert await phone.ask("Hello") == "You said: Hello"
    assert len(phone.meta.simulator.sent) == sent + 1


async def test_another_security_code(phone: Phone, operators: Operators) -> None:
    """Operators see it. The conversation goes on, and nothing is sent."""
    await phone.ask("Hello")

    await phone.act("security_codes")

    await operators.event("unrecognised", detail="customer_identity_changed")
    assert await phone.ask("Still there?") == "You said: Still there?"
    assert await phone.heard() == ["You said: Hello", "You said: Still there?"]
