"""Messages that operators write, and answers that come too late."""

import asyncio

import pytest

from support.installation import Installation
from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually

DAY = 24 * 3600
SHIPPED = {"template": {"name": "shipped", "language": "en_US", "parameters": ["Ana"]}}


@pytest.fixture
def installation(other_installation: Installation) -> Installation:
    return other_installation


async def test_a_template_to_somebody_who_never_wrote(phone: Phone, operators: Operators) -> None:
    """It arrives, although the window was never open."""
    await phone.meta.control(strict_window=True)

    answer = await operators.write(SHIPPED, key=f"first-{phone.number}", to=f"+{phone.number}")

    assert (answer.status_code, answer.json()["new"]) == (202, True)
    assert answer.json()["conversation"] == f"whatsapp:{phone.number}"
    assert await phone.next_after(0) == "[shipped] Ana"
    await operators.event("initiated", of=phone.number)


async def test_the_same_key_sends_once(phone: Phone, operators: Operators) -> None:
    """Any number of requests with it, also concurrent ones."""
    await phone.ask("Hello")
    write = {"key": f"twice-{phone.number}", "to": phone.number}

    answers = await asyncio.gather(*(operators.write({"text": "Shipped."}, **write) for _ in range(5)))
    await phone.next_after(1)
    again = await operators.write({"text": "Shipped."}, **write)
    await operators.write({"text": "Arrived."}, key=f"other-{phone.number}", to=phone.number)
    await phone.next_after(2)

    assert sum(answer.json()["new"] for answer in (*answers, again)) == 1
    assert await phone.heard() == ["You said: Hello", "Shipped.", "Arrived."]


async def test_a_key_is_not_for_other_words(phone: Phone, other_phone: Phone, operators: Operators) -> None:
    """422, also to somebody else; nothing more is sent."""
    key = f"reused-{phone.number}"
    await phone.ask("Hello")
    await operators.write({"text": "Shipped."}, key=key, to=phone.number)
    await phone.next_after(1)

    other_words = await operators.write({"text": "Arrived."}, key=key, to=phone.number)
    somebody_else = await operators.write(SHIPPED, key=key, to=other_phone.number)

    assert (other_words.status_code, somebody_else.status_code) == (422, 422)
    assert (await phone.heard(), await other_phone.heard()) == (["You said: Hello", "Shipped."], [])


async def test_free_text_needs_a_window(phone: Phone, operators: Operators) -> None:
    """409 for a person who never wrote, or wrote too long ago. Nothing is queued."""
    never = await operators.write({"text": "Hello"}, key=f"never-{phone.number}", to=phone.number)
    await phone.send(text="From last week", age_seconds=DAY + 60)
    await operators.event("stale", of=phone.number)

    late = await operators.write(SHIPPED, {"text": "Hello"}, key=f"late-{phone.number}", to=phone.number)

    assert (never.status_code, late.status_code) == (409, 409)
    assert await phone.heard() == []


async def test_a_late_answer_becomes_the_template(phone: Phone, model: ScriptedModel) -> None:
    """If Meta says that the window is closed. The rest of the answer is not sent."""
    question = f"where {phone.number}"
    place = {"location": {"latitude": 1, "longitude": 2}}
    model.script[question] = Says(text=block({"text": "Here."}, place), delay_seconds=1)

    await phone.write(question)
    await eventually(lambda: [request for request in model.requests if question in str(request)])
    await phone.meta.change_phone(number=phone.number, ahead_seconds=DAY + 1)

    assert await phone.next_after(0) == "[we_are_back]"
    assert await phone.ask("I am back") == "You said: I am back"
    assert len(await phone.heard()) == 2


async def test_a_late_message_of_an_operator_is_a_dead_letter(phone: Phone, operators: Operators) -> None:
    """The operator decides what to send instead."""
    await phone.ask("Hello")
    await phone.meta.change_phone(number=phone.number, ahead_seconds=DAY + 1)

    await operators.write({"text": "Here."}, key=f"late-{phone.number}", to=phone.number)

    failed = await operators.event("failed", of=phone.number)
    assert failed["detail"]["reason"].startswith("send: window_closed")
    assert await phone.ask("I am back") == "You said: I am back"


async def test_an_answer_that_turns_out_late_becomes_the_template(
    phone: Phone, operators: Operators, model: ScriptedModel
) -> None:
    """Although Meta accepted it at first. It is sent once, and the agent gets a note about the failed answer."""
    await phone.meta.control(fail_later=1, fail_later_code=131047, statuses_twice=True, status_delay_seconds=0)

    await phone.write("Hello")
    template = await phone.next_after(1)
    await operators.event("undelivered", of=phone.number)  # published after the note
    await phone.ask("I am back")

    *notes, words = model.queries[-1].split("\n")
    assert template == "[we_are_back]"
    assert words == "I am back"
    # The template may be sent before the note of the failed answer is stored.
    assert set(notes) == {'[this did not reach them: "You said: Hello"]', "[we wrote: \\[template we_are_back\\]]"}
    assert len(await phone.heard()) == 3


async def test_a_message_that_the_business_wrote_first_can_be_answered(
    phone: Phone, operators: Operators, model: ScriptedModel
) -> None:
    """The agent gets a note of what was written, and a reply quotes it."""
    await operators.write(SHIPPED, key=f"asked-{phone.number}", to=phone.number)
    [bubble] = await eventually(phone.got)

    await phone.send(text="Where is it?", reply_to=bubble["id"])
    await phone.next_after(1)

    heard = model.queries[-1]
    assert heard.split("\n") == [
        "[we wrote: \\[template shipped\\] Ana]",
        '[in reply to: "\\[template shipped\\] Ana"]',
        "Where is it?",
    ]
