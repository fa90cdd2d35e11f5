"""What the business's webhook receives."""

import re

import pytest
from attrs import evolve

from simulator.webhooks.caller import WebhookNotVerifiedError
from support.polling import eventually
from support.simulator import ANA, BEN, FakeBusiness, RunningSimulator


async def test_a_message_arrives_signed(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The webhook gets a text of a person in Meta's format, with a signature of the exact bytes."""
    message_id = await meta.write("Grüße / 👋")

    await eventually(lambda: len(business.messages()) == 1)
    message = business.messages()[0]
    assert message["text"] == {"body": "Grüße / 👋"}
    assert message["id"] == message_id
    assert re.fullmatch(r"wamid\.[A-Za-z0-9+/]{40}", message_id)
    assert rb"Gr\u00fc\u00dfe \/ \ud83d\udc4b" in business.calls[0]
    assert business.forged == 0


async def test_the_handshake_succeeds(meta: RunningSimulator) -> None:
    """A webhook that knows the verify token answers with the challenge."""
    await meta.simulator.verify_webhook()


async def test_the_handshake_fails_with_another_token(meta: RunningSimulator) -> None:
    """A webhook that does not know the token is not verified."""
    meta.simulator.business = evolve(meta.simulator.business, verify_token="another")

    with pytest.raises(WebhookNotVerifiedError, match="403"):
        await meta.simulator.verify_webhook()


async def test_a_refused_message_is_delivered_again(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A call that is not answered with 200 is repeated, byte for byte. The phone shows that the message waits."""
    business.answers = [503, 202]

    message_id = await meta.write("Hi")

    async def delivered() -> bool:
        return (await meta.message(message_id))["status"] == "delivered"

    await eventually(delivered)
    assert len(business.calls) == 3
    assert len(set(business.calls)) == 1
    assert (await meta.message(message_id))["attempts"] == 2


async def test_an_unreachable_webhook_leaves_the_message_waiting(
    meta: RunningSimulator, business: FakeBusiness
) -> None:
    """A message waits while the webhook is down, and is delivered when it is back."""
    meta.simulator.business = evolve(meta.simulator.business, webhook_url="http://127.0.0.1:1/webhook")
    message_id = await meta.write("Is anybody there?")

    async def tried() -> bool:
        return (await meta.message(message_id))["attempts"] >= 2

    await eventually(tried)
    waiting = await meta.message(message_id)
    meta.simulator.business = evolve(meta.simulator.business, webhook_url=business.url)

    async def delivered() -> bool:
        return (await meta.message(message_id))["status"] == "delivered"

    assert waiting["status"] == "accepted"
    await eventually(delivered)


async def test_first_deliveries_of_one_person_keep_their_order(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Messages of one person keep their order, and do not wait for those of other people."""
    for text in "abcdefgh":
        await meta.write(text, number=ANA)
        await meta.write(text, number=BEN)

    await eventually(lambda: len(business.messages()) == 16)
    for number in (ANA, BEN):
        assert "".join(m["text"]["body"] for m in business.messages() if m["from"] == number) == "abcdefgh"


async def test_statuses_come_in_order_with_the_reference(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The statuses are sent, delivered, and, when the thread is opened, read. Each has the reference."""
    await meta.control(status_delay_seconds=0.01)
    wamid = (await meta.send("Hello", biz_opaque_callback_data="turn/0/whatsapp:1")).json()["messages"][0]["id"]

    await eventually(lambda: [status["status"] for status in business.statuses()] == ["sent", "delivered"])
    await meta.http.post(f"/phone/{ANA}/read")

    await eventually(lambda: [status["status"] for status in business.statuses()] == ["sent", "delivered", "read"])
    assert {status["id"] for status in business.statuses()} == {wamid}
    assert {status["biz_opaque_callback_data"] for status in business.statuses()} == {"turn/0/whatsapp:1"}
    assert business.forged == 0


async def test_statuses_keep_their_order_in_an_open_thread(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The statuses keep their order even when the person has read the message before it is delivered."""
    await meta.control(status_delay_seconds=0.02)
    await meta.send("Hello")
    await meta.http.post(f"/phone/{ANA}/read")

    await eventually(lambda: len(business.statuses()) == 3)
    assert [status["status"] for status in business.statuses()] == ["sent", "delivered", "read"]


async def test_a_message_to_nobody_fails_later(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A send to an unknown number is accepted, and then fails as undeliverable."""
    answer = await meta.send("Hello?", to="+19995550000")

    await eventually(lambda: len(business.statuses()) == 1)
    assert answer.status_code == 200
    assert business.statuses()[0]["status"] == "failed"
    assert business.statuses()[0]["errors"][0]["code"] == 131026
