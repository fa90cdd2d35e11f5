"""What operators read of a conversation, from a running service with a real Astromesh behind it."""

from typing import Any

from support.model_server import Says, ScriptedModel
from support.operators import Operators
from support.phone import ADMIN, Phone
from support.polling import eventually
from support.service import Service


async def get(service: Service, path: str, **query: str) -> Any:
    answer = await service.http.get(f"{service.url}{path}", headers=ADMIN, params=query)
    return answer.raise_for_status().json()


async def entries(service: Service, phone: Phone) -> list[dict[str, Any]]:
    found = await get(service, f"/v1/conversations/whatsapp:{phone.number}/messages")
    return list(found["items"])


async def test_a_conversation_is_found_and_read(
    service: Service, operators: Operators, phone: Phone, model: ScriptedModel
) -> None:
    """What the person and the agent said, with ticks, and that a human took over. No log has their words."""
    question = f"May I see [it] {phone.number}?"
    model.script[question] = Says(text="You **may**.")
    await phone.ask(question)
    await operators.take_over(phone.number)

    async def delivered() -> bool:
        return (await entries(service, phone))[1]["status"] in {"delivered", "read"}

    await eventually(delivered)
    said = await entries(service, phone)
    (listed,) = (await get(service, "/v1/conversations", search=phone.number, filter="human"))["items"]

    assert [(entry["direction"], entry["author"], entry["text"]) for entry in said] == [
        ("in", "person", question),
        ("out", "agent", "You may."),
        ("event", "service", ""),
    ]
    assert said[2]["reason"] == "admin took over"
    assert (listed["id"], listed["name"]) == (f"whatsapp:{phone.number}", "Somebody")
    assert question not in service.log
    assert "You may" not in service.log


async def test_a_refused_message_says_why(service: Service, phone: Phone) -> None:
    """The channel took it, and could not deliver it."""
    await phone.ask("Hello")
    await phone.meta.control(status_delay_seconds=0, fail_later=1, fail_later_code=131026)
    await phone.write("Again")

    async def failed() -> bool:
        return any(entry["kind"] == "undelivered" and entry["reason"] for entry in await entries(service, phone))

    await eventually(failed)


async def test_what_turns_used_is_reported(service: Service, phone: Phone) -> None:
    """Astromesh counts the tokens of its model."""
    await phone.ask("Hello")

    report = await get(service, "/v1/usage", by="model")

    assert report["total"]["turns"] > 0
    assert report["items"][0]["tokens_in"] > 0
