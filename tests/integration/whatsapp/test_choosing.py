"""Taps, typed choices and forms that answer a question."""

import pytest

from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually

SIZES = ["Small", "Medium", {"id": "l", "title": "Large"}]
TEAS = [{"id": f"tea-{number}", "title": f"Tea {number}"} for number in range(1, 12)]


async def asked(phone: Phone, model: ScriptedModel, item: object) -> str:
    """Make the agent ask. Returns the id of its question on the phone."""
    model.script[f"ask {phone.number}"] = Says(text=block(item))
    await phone.write(f"ask {phone.number}")
    return str((await eventually(phone.got))[0]["id"])


@pytest.mark.parametrize("question", ["buttons", "list"])
async def test_a_tap_comes_back_as_its_title(phone: Phone, model: ScriptedModel, question: str) -> None:
    """The agent sees neither ids nor a quote of its own question."""
    message_id = await asked(phone, model, {"text": "Which size?", question: SIZES})

    await phone.act("taps", message_id=message_id, choice="l")

    assert await phone.next_after(1) == "You said: Large"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2", "Tea 2"),
        (" 11 ", "Tea 11"),
        ("TEA 3", "Tea 3"),
        ("12", "12"),
        ("2.", "Tea 2"),
        ("#2", "Tea 2"),
        ("2\ufe0f\u20e3", "Tea 2"),
    ],
)
async def test_a_typed_choice_counts_as_a_tap(phone: Phone, model: ScriptedModel, typed: str, meant: str) -> None:
    """By the number of a choice or its title, in any case. Other text stays text."""
    await asked(phone, model, {"text": "Which tea?", "list": TEAS})

    await phone.write(typed)

    assert await phone.next_after(1) == f"You said: {meant}"


async def test_a_number_answers_the_latest_question(phone: Phone, model: ScriptedModel) -> None:
    """After another message of the agent, a number is only a number."""
    await asked(phone, model, {"text": "Which tea?", "list": TEAS})
    await phone.ask("Which is best?")

    assert await phone.ask("2") == "You said: 2"


async def test_the_quick_reply_of_a_template(phone: Phone, model: ScriptedModel) -> None:
    """Its title, and the question, which may be long ago."""
    template = {"name": "offer", "language": "en_US", "payloads": ["stop-offers"]}
    message_id = await asked(phone, model, {"template": template})

    await phone.act("taps", message_id=message_id, choice="stop-offers")

    assert await phone.next_after(1) == 'You said: [in reply to: "[template offer]"]\nstop-offers'


async def test_a_tap_on_an_earlier_question_comes_with_it(phone: Phone, model: ScriptedModel) -> None:
    """Otherwise the agent would read it as an answer to its latest question."""
    message_id = await asked(phone, model, {"text": "Which size?", "buttons": SIZES})
    model.script[f"other {phone.number}"] = Says(text=block({"text": "Which tea?", "buttons": ["Black", "Green"]}))
    await phone.ask(f"other {phone.number}")

    await phone.act("taps", message_id=message_id, choice="l")
    await phone.next_after(2)

    quoted, chosen = model.queries[-1].split("\n")
    assert quoted.startswith('[in reply to: "Which size?')
    assert chosen == "Large"


async def test_an_operators_question_replaces_the_agents(
    phone: Phone, operators: Operators, model: ScriptedModel
) -> None:
    """After it, a number answers that question."""
    await asked(phone, model, {"text": "Which tea?", "list": TEAS})
    await operators.write({"text": "How many?"}, key=f"many-{phone.number}", to=phone.number)
    await phone.next_after(1)

    assert await phone.ask("2") == "You said: [we wrote: How many?]\n2"


async def test_a_filled_form(phone: Phone, model: ScriptedModel) -> None:
    """Meta's JSON, and the question."""
    message_id = await asked(phone, model, {"text": "When?", "form": {"id": "77", "button": "Choose"}})

    await phone.act("forms", message_id=message_id, values={"seats": 2})

    await phone.next_after(1)
    heard = model.queries[-1]
    assert heard == '[in reply to: "When?"]\n[filled in the form flow]\n{"seats": 2}'
