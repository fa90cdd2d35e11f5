"""The faults that the control makes."""

import httpx
import pytest

from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator


async def test_every_webhook_twice(meta: RunningSimulator, business: FakeBusiness) -> None:
    """With certain duplication each message is posted two times, byte for byte the same."""
    await meta.control(duplicate=1)

    for text in "abc":
        await meta.write(text)

    await eventually(lambda: len(business.calls) == 6)
    assert all(business.calls.count(body) == 2 for body in business.calls)


async def test_webhooks_overtake_each_other(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Held back at random, messages lose their order; none is lost."""
    await meta.control(reorder=0.5, seed=1)

    for text in "abcdefghijklmnop":
        await meta.write(text)

    await eventually(lambda: len(business.messages()) == 16)
    arrived = "".join(message["text"]["body"] for message in business.messages())
    assert arrived != "abcdefghijklmnop"
    assert "".join(sorted(arrived)) == "abcdefghijklmnop"


async def test_webhooks_are_delayed(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The message has one tick until the delay is over."""
    await meta.control(delay_seconds=0.3)
    message_id = await meta.write("Hi")
    at_once = (await meta.message(message_id))["status"]

    async def delivered() -> bool:
        return (await meta.message(message_id))["status"] == "delivered"

    await eventually(delivered)
    assert at_once == "accepted"


async def test_the_next_sends_fail(meta: RunningSimulator) -> None:
    """The control says how many sends are refused, and with which status and code."""
    await meta.control(fail_sends=2, fail_status=400, fail_code=131056)

    answers = [await meta.send(str(number)) for number in range(3)]

    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert answers[0].json()["error"]["code"] == 131056
    assert [sent["body"] for sent in (await meta.http.get("/control/sent")).json()] == ["2"]


async def test_a_send_is_accepted_and_never_answered(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The caller gets no answer, but the message is delivered and has statuses."""
    await meta.control(unanswered=1, status_delay_seconds=0)
    message = {"messaging_product": "whatsapp", "to": ANA, "text": {"body": "Hi"}, "biz_opaque_callback_data": "r"}

    with pytest.raises(httpx.ReadTimeout):
        await meta.http.post(f"{meta.number_url}/messages", json=message, timeout=0.3)

    await eventually(lambda: [status["biz_opaque_callback_data"] for status in business.statuses()] == ["r", "r"])
    assert [message["body"] for message in await meta.thread()] == ["Hi"]


async def test_statuses_can_be_off(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The phone shows the delivery status, and the webhook gets none."""
    await meta.control(statuses=False, status_delay_seconds=0)
    wamid = (await meta.send("Hi")).json()["messages"][0]["id"]

    async def delivered() -> bool:
        return (await meta.message(wamid))["status"] == "delivered"

    await eventually(delivered)
    assert business.calls == []


async def test_settings_are_replaced_as_a_whole(meta: RunningSimulator) -> None:
    """What a PUT leaves out goes back to its default."""
    await meta.control(duplicate=0.5)
    await meta.control(seed=3)

    settings = (await meta.http.get("/control")).json()

    assert (settings["duplicate"], settings["seed"]) == (0, 3)


async def test_misspelled_settings_are_refused(meta: RunningSimulator) -> None:
    """A wrong setting is refused, so that no test runs without its fault."""
    answer = await meta.http.put("/control", json={"dupilcate": 1})

    assert answer.status_code == 400
    assert "dupilcate" in answer.text
