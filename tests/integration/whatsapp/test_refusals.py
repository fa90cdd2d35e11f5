"""Each class of Meta's refusals, and what happens to the message."""

from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone, dead_letters
from support.polling import eventually
from support.service import Service
from support.whatsapp_messages import Json

PICTURE = "https://shop.example/tea.jpg"
AS_TEXT = f"Leaves\n{PICTURE}"


async def letters_of(service: Service, phone: Phone) -> list[Json]:
    return [letter for letter in await dead_letters(service) if letter["user"] == phone.number]


async def refuse(phone: Phone, code: int, *, sends: int = 1) -> None:
    """Refuse the next sends to this person."""
    await phone.meta.control(fail_sends=sends, fail_code=code, fail_to=phone.number, status_delay_seconds=0)


async def test_a_throttled_send_is_tried_again(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """A second later. The agent does not run again."""
    await refuse(phone, 130429)
    question = f"hurry {phone.number}"

    assert await phone.ask(question) == f"You said: {question}"

    retried = await operators.event("retried", of=phone.number)
    assert "130429" in retried["detail"]["error"]
    assert (len(await phone.heard()), model.queries.count(question)) == (1, 1)


async def test_a_person_who_is_throttled_waits_alone(phone: Phone, other_phone: Phone, operators: Operators) -> None:
    """Everybody else is answered in the meantime."""
    await refuse(phone, 131056, sends=2)
    await phone.write("slow down")
    await operators.event("retried", of=phone.number)

    await other_phone.ask("and me?")
    throttled = await phone.next_after(0)

    assert throttled == "You said: slow down"
    sent = [record.to for record in phone.meta.simulator.sent]
    assert sent.index(other_phone.number) < sent.index(phone.number)


async def test_an_unknown_outcome_is_tried_once_more(phone: Phone) -> None:
    """After the time in which Meta could confirm it."""
    await refuse(phone, 131000)

    assert await phone.ask("Did you get this?") == "You said: Did you get this?"
    assert len(await phone.heard()) == 1


async def test_a_page_instead_of_an_answer(phone: Phone) -> None:
    """It comes from a proxy, so the outcome is unknown."""
    trouble = {"fail_sends": 1, "fail_status": 502, "fail_as": "html", "fail_to": phone.number}
    await phone.meta.control(**trouble, status_delay_seconds=0)

    assert await phone.ask("Did you get this?") == "You said: Did you get this?"
    assert len(await phone.heard()) == 1


async def test_two_unknown_results_become_a_dead_letter(service: Service, phone: Phone) -> None:
    """It is marked as unconfirmed. The next message is answered."""
    await refuse(phone, 131016, sends=2)
    await phone.write("Did you get this?")

    [letter] = await eventually(lambda: letters_of(service, phone))

    assert letter["reason"].startswith("send: unknown")
    assert letter["unconfirmed"] is True
    assert await phone.ask("And this?") == "You said: And this?"


async def test_a_final_failure_becomes_a_dead_letter(service: Service, phone: Phone, operators: Operators) -> None:
    """The next message is answered."""
    await refuse(phone, 131026)
    await phone.write("lost")

    [letter] = await eventually(lambda: letters_of(service, phone))

    assert letter["reason"].startswith("send: final")
    assert "131026" in letter["reason"]
    assert "131026" in (await operators.event("failed", of=phone.number))["detail"]["reason"]
    assert await phone.ask("and this?") == "You said: and this?"


async def test_a_closed_window_becomes_a_dead_letter(service: Service, phone: Phone, operators: Operators) -> None:
    """Without a template for late answers. The next message is answered."""
    await phone.ask("Hello")
    await phone.meta.change_phone(number=phone.number, ahead_seconds=24 * 3600 + 1)

    await operators.write({"text": "Still there?"}, key=phone.number, to=phone.number)
    [letter] = await eventually(lambda: letters_of(service, phone))

    assert letter["reason"].startswith("send: window_closed")
    assert await phone.ask("I am back") == "You said: I am back"


async def test_a_file_refused_at_once(phone: Phone, model: ScriptedModel) -> None:
    """Its caption and address are sent instead, and the rest of the answer follows."""
    question = f"show {phone.number}"
    model.script[question] = Says(text=block({"image": PICTURE, "caption": "Leaves"}, {"text": "Nice?"}))
    await refuse(phone, 131053)

    await phone.write(question)

    await phone.next_after(1)
    assert await phone.heard() == [AS_TEXT, "Nice?"]


async def test_a_file_refused_later(phone: Phone, model: ScriptedModel, operators: Operators) -> None:
    """Caption and address are sent once, also if Meta repeats the status."""
    question = f"show later {phone.number}"
    model.script[question] = Says(text=block({"image": PICTURE, "caption": "Leaves"}))
    trouble = {"fail_later": 1, "fail_later_code": 131053, "statuses_twice": True}
    await phone.meta.control(**trouble, fetch_links=False, status_delay_seconds=0)

    await phone.write(question)

    await phone.next_after(1)
    await operators.event("initiated", of=phone.number)
    assert await phone.ask("Thank you") == f"You said: [we wrote: {' '.join(AS_TEXT.split())}]\nThank you"
    assert [(bubble["type"], bubble["body"]) for bubble in await phone.got()][:2] == [
        ("image", "Leaves"),
        ("text", AS_TEXT),
    ]
    assert len(await phone.got()) == 3


async def test_a_refused_replacement_is_not_replaced_again(
    phone: Phone, model: ScriptedModel, operators: Operators
) -> None:
    """Nothing else is sent."""
    question = f"show in vain {phone.number}"
    model.script[question] = Says(text=block({"image": PICTURE, "caption": "Leaves"}))
    await phone.meta.control(fail_later=2, fail_later_code=131053, fetch_links=False, status_delay_seconds=0)

    await phone.write(question)

    await phone.next_after(1)
    words = (await phone.got())[1]["id"]
    await operators.event("undelivered", message_id=str(words))
    assert "did not reach them" in await phone.ask("Thank you")
    assert len(await phone.got()) == 3


async def test_a_message_that_fails_later_is_not_sent_again(phone: Phone, operators: Operators) -> None:
    """Operators see Meta's code and words, and the agent gets a note."""
    await phone.meta.control(fail_later=1, fail_later_code=131049, status_delay_seconds=0)
    await phone.ask("Any offers?")
    [bubble] = await phone.got()

    event = await operators.event("undelivered", of=phone.number, message_id=str(bubble["id"]))

    assert "131049" in event["detail"]["errors"]
    assert await phone.ask("No?") == 'You said: [this did not reach them: "You said: Any offers?"]\nNo?'
    assert len(await phone.got()) == 2


async def test_a_button_that_meta_does_not_take(phone: Phone, model: ScriptedModel) -> None:
    """Its text and address are sent, and the rest of the answer follows."""
    question = f"open {phone.number}"
    link = {"link": {"title": "Open", "url": "https://localhost/"}, "text": "See:"}
    model.script[question] = Says(text=block(link, {"location": {"latitude": 1, "longitude": 2, "name": "Shop"}}))
    await refuse(phone, 131009)

    await phone.write(question)

    await phone.next_after(1)
    assert [(bubble["type"], bubble["body"]) for bubble in await phone.got()] == [
        ("text", "See:\n\nOpen: https://localhost/"),
        ("location", "Shop"),
    ]
