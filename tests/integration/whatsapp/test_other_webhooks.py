"""Webhooks other than messages become events with who and what, and some have an effect."""

import time

import pytest

from support.operators import Operators
from support.phone import Phone, post
from support.service import Service
from support.whatsapp_messages import unsupported_message
from support.whatsapp_webhooks import change, echo, entry, envelope, status, webhook


async def test_an_edit_that_meta_does_not_support(service: Service, phone: Phone, operators: Operators) -> None:
    """Nobody gets an apology. The next message is answered like the first."""
    await post(service, webhook(unsupported_message("edit", sender=phone.number)))

    event = await operators.event("unrecognised", detail=f"from {phone.number}")
    assert event["detail"]["kind"] == "message:edit"
    assert await phone.ask("Hello") == "You said: Hello"


async def test_a_payment(service: Service, phone: Phone, operators: Operators) -> None:
    """The event has the message, the person and the meaning."""
    paid = status("captured", wamid="wamid.7", recipient_id=phone.number, payment={"reference_id": "order-7"})

    await post(service, webhook(statuses=[paid]))

    detail = f"wamid.7 to {phone.number}: the person paid; reference_id: order-7"
    event = await operators.event("unrecognised", detail=detail)
    assert event["detail"]["kind"] == "status:captured"


async def test_an_edit_by_a_colleague(service: Service, phone: Phone, operators: Operators) -> None:
    """The event is in the person's conversation. The agent goes on answering."""
    await post(service, webhook(field="smb_message_echoes", message_echoes=[edited(phone)]))

    await operators.event("human", of=phone.number, reason="a human touched an earlier message")
    assert (await operators.conversation(phone.number))["human"] is False


def edited(phone: Phone) -> dict[str, object]:
    changed = {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "At nine"}}}
    return echo(to=phone.number, wamid=f"wamid.edit.{phone.number}", type="edit", edit=changed)


@pytest.mark.parametrize("value", ["stop", "resume"])
async def test_who_stops_or_resumes_marketing(phone: Phone, operators: Operators, service: Service, value: str) -> None:
    """The event has the person and the choice."""
    wish = {"wa_id": phone.number, "category": "marketing_messages", "value": value, "timestamp": int(time.time())}

    await post(service, webhook(field="user_preferences", user_preferences=[wish]))

    marketing = {"stop": "refused", "resume": "allowed"}[value]
    await operators.event("preference", person=phone.number, marketing=marketing)


async def test_an_error_of_forty_days_ago_has_no_effect(service: Service, phone: Phone, operators: Operators) -> None:
    """Also if it is delivered again."""
    unpaid = {"code": 131042, "title": f"unpaid {phone.number}"}
    notice = entry(change(errors=[unpaid]))

    await post(service, envelope({**notice, "time": int(time.time()) - 40 * 86400}))

    await operators.event("account", detail=f"unpaid {phone.number}")
    assert not await operators.breaker_is_open()


async def test_an_announced_ban_has_no_effect(service: Service, phone: Phone, operators: Operators) -> None:
    """A ban with a date in the future."""
    ban = {"waba_ban_state": "DISABLE", "waba_ban_date": "January 1, 2100"}
    value = {"event": "DISABLED_UPDATE", "ban_info": ban, "told_to": phone.number}
    notice = entry({"field": "account_update", "value": value}, account="200000000000001")

    await post(service, envelope({**notice, "time": int(time.time())}))

    await operators.event("account", detail=f"told_to: {phone.number}")
    assert not await operators.breaker_is_open()
