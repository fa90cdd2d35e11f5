"""Operators send messages with an idempotency key: a repeated request is sent once."""

import pytest

from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.messages.outbound import TemplatePart
from support.http_services import ANA, KEYED, MESSAGES, OPERATOR, TEMPLATE, FakeServices


async def test_a_template_is_queued_once() -> None:
    """202 both times. The second answer says that it is not new."""
    behind = FakeServices()
    body = {"to": ANA, "messages": [TEMPLATE]}
    async with behind.client() as client:
        first = await client.post(MESSAGES, headers=KEYED, json=body)
        second = await client.post(MESSAGES, headers=KEYED, json=body)

    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json()["conversation"], first.json()["new"]) == ("whatsapp:15550001111", True)
    assert second.json() == {**first.json(), "new": False}
    (turn,) = behind.mailbox.initiated
    part = TemplatePart(name="hello", language="en_US", parameters=("Ana",))
    assert turn.reply == Reply(outcome=Outcome.INITIATED, parts=(part,))


@pytest.mark.parametrize(
    "other",
    [
        {"to": ANA, "messages": [{"text": "Hello"}]},
        {"to": ANA, "messages": [TEMPLATE, TEMPLATE]},
        {"to": "+15550002222", "messages": [TEMPLATE]},
        {"user_id": "US.1", "messages": [TEMPLATE]},
    ],
)
async def test_a_key_stands_for_one_request(other: object) -> None:
    """Other messages or another person are refused with the same key."""
    behind = FakeServices()
    async with behind.client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})
        refused = await client.post(MESSAGES, headers=KEYED, json=other)

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:trunkline:problem:idempotency-key-reused")
    assert len(behind.mailbox.initiated) == 1


async def test_a_request_is_the_same_however_it_is_written() -> None:
    """White space, the order of keys, and separators in a number make no difference."""
    body = '{"messages": [{"template": {"language": "en_US", "name": "hello"}}], "to": "15550001111"}'
    template = {"name": "hello", "language": "en_US"}
    async with FakeServices().client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"to": "+1 555 000-1111", "messages": [{"template": template}]})
        again = await client.post(MESSAGES, headers={**KEYED, "Content-Type": "application/json"}, content=body)

    assert (again.status_code, again.json()["new"]) == (202, False)


async def test_a_refused_request_does_not_use_up_its_key() -> None:
    """It may be corrected and sent with the same key."""
    async with FakeServices().client() as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": "Ana", "messages": [TEMPLATE]})
        taken = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, taken.status_code) == (400, 202)


async def test_a_key_is_required() -> None:
    """Without one, a repeated request would send the message again."""
    async with FakeServices().client() as client:
        answer = await client.post(MESSAGES, headers=OPERATOR, json={"to": ANA, "messages": [TEMPLATE]})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.text
