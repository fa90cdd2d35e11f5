"""A person stops marketing messages on the phone, and resumes them."""

import time

from support.operators import Json, Operators
from support.phone import Phone, post
from support.service import Service
from support.whatsapp_webhooks import webhook

OFFER: Json = {"template": {"name": "offer", "language": "en_US"}}
SHIPPED: Json = {"template": {"name": "shipped", "language": "en_US", "category": "UTILITY"}}


async def test_who_stops_marketing_is_sent_none(service: Service, phone: Phone, operators: Operators) -> None:
    """Until they resume. Other messages are sent all the time."""
    wish = {"wa_id": phone.number, "category": "marketing_messages", "value": "stop", "timestamp": int(time.time())}
    await post(service, webhook(field="user_preferences", user_preferences=[wish]))

    refused = await operators.write(OFFER, to=phone.number, key=f"1 {phone.number}")
    shipped = await operators.write(SHIPPED, to=phone.number, key=f"2 {phone.number}")
    stopped = await operators.conversation(phone.number)
    resumed = {**wish, "value": "resume", "timestamp": int(time.time()) + 1}
    await post(service, webhook(field="user_preferences", user_preferences=[resumed]))
    offered = await operators.write(OFFER, to=phone.number, key=f"1 {phone.number}")

    assert refused.json()["type"] == "urn:trunkline:problem:marketing-refused"
    assert [answer.status_code for answer in (refused, shipped, offered)] == [409, 202, 202]
    assert stopped["takes_marketing"] is False
