"""Answers with an address or a call permission, with and without a request."""

import json
import time

from support.simulator import FakeBusiness, RunningSimulator

BUSINESS_PHONE = "15550001111"
ADDRESS = {"type": "address_message", "body": {"text": "Where to?"}, "action": {"name": "address_message"}}
CALLS = {
    "type": "call_permission_request",
    "body": {"text": "May we call you?"},
    "action": {"name": "call_permission_request"},
}


async def sent(meta: RunningSimulator, content: object) -> str:
    answer = await meta.send_content("interactive", content)
    return str(answer.raise_for_status().json()["messages"][0]["id"])


async def test_address(meta: RunningSimulator, business: FakeBusiness) -> None:
    """An address is a form reply. Its values are JSON in a string, and the lines of its body."""
    await meta.write_message(type="address", content={"name": "Carla", "city": "Bonn"})

    interactive = (await business.received())["interactive"]
    reply = interactive["nfm_reply"]
    values = json.loads(reply["response_json"])["values"]
    assert (interactive["type"], reply["name"]) == ("nfm_reply", "address_message")
    assert (values["name"], values["city"], set(values)) == (
        "Carla",
        "Bonn",
        {"name", "phone_number", "address", "city", "in_pin_code"},
    )
    assert reply["body"].split("\n")[0] == "Carla"


async def test_permission_to_call(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A permission has an end. A refusal has none."""
    await meta.write_message(type="call_permission")
    await meta.write_message(type="call_permission", content={"response": "reject"})

    allowed, refused = [(await business.received(count))["interactive"] for count in (1, 2)]
    ends = int(allowed["call_permission_reply"].pop("expiration_timestamp"))
    assert allowed == {
        "type": "call_permission_reply",
        "call_permission_reply": {"response": "accept", "is_permanent": False, "response_source": "user_action"},
    }
    assert ends > time.time()
    assert refused["call_permission_reply"] == {"response": "reject", "response_source": "user_action"}


async def test_an_address_is_filled(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The values have the shape of a form's, and the context names the question."""
    question = await sent(meta, ADDRESS)

    await meta.act("forms", message_id=question, values={"name": "Ana", "city": "Bonn"})

    message = await business.received()
    reply = message["interactive"]["nfm_reply"]
    assert (reply["name"], reply["body"]) == ("address_message", "Ana\nBonn")
    assert json.loads(reply["response_json"]) == {"values": {"name": "Ana", "city": "Bonn"}}
    assert message["context"] == {"from": BUSINESS_PHONE, "id": question}


async def test_calls_are_allowed(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A tap on a call permission request has its own type of answer."""
    question = await sent(meta, CALLS)

    await meta.act("taps", message_id=question, choice="reject")

    message = await business.received()
    reply = {"response": "reject", "response_source": "user_action"}
    assert message["interactive"] == {"type": "call_permission_reply", "call_permission_reply": reply}
    assert message["context"]["id"] == question
