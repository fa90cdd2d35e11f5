"""Odd answers of models, and what a person gets of them."""

import pytest

from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually

LINK = "https://shop.example/tea.jpg"
PLACE = {"latitude": "12.5", "longitude": "-43.9"}
SAID = '{"text": "In a block."}'
SHIPPED = {"name": "shipped", "language": "en_US"}


async def bubbles(phone: Phone, model: ScriptedModel, agent_text: str, *, count: int) -> list[dict]:
    """The bubbles on the phone for the agent's answer."""
    question = f"tell {phone.number}"
    model.script[question] = Says(text=agent_text)
    await phone.write(question)

    async def all_of_them() -> list[dict]:
        shown = await phone.got()
        return shown if len(shown) >= count else []

    return await eventually(all_of_them)


@pytest.mark.parametrize("nothing", [None, False, ""])
async def test_an_empty_key_hands_nobody_over(phone: Phone, model: ScriptedModel, nothing: object) -> None:
    """The agent goes on answering."""
    agent_text = block({"text": "Hello.", "hand_over": nothing, "reaction": nothing, "buttons": None})

    [bubble] = await bubbles(phone, model, agent_text, count=1)

    assert bubble["body"] == "Hello."
    assert await phone.ask("And now?") == "You said: And now?"


@pytest.mark.parametrize(
    ("item", "kinds"),
    [
        ({"location": PLACE, "text": "We are here."}, ["text", "location"]),
        ({"image": LINK, "caption": "Ours", "text": "We are here."}, ["text", "image"]),
        ({"image": LINK, "buttons": ["Yes"], "text": "We are here."}, ["image", "interactive"]),
        ({"template": SHIPPED, "text": "We are here."}, ["text", "template"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
async def test_an_object_that_says_several_things(
    phone: Phone, model: ScriptedModel, item: dict[str, object], kinds: list[str]
) -> None:
    """Each of them arrives, one of them with the text."""
    shown = await bubbles(phone, model, block(item), count=2)

    assert [bubble["type"] for bubble in shown] == kinds
    assert "We are here." in str(shown)


@pytest.mark.parametrize(
    "agent_text",
    [
        f"Before.\r\n```trunkline\r\n{SAID}\r\n```\r\nAfter.",
        f"Before.\n``` Trunkline\n{SAID}```\nAfter.",
        f"Before. ```trunkline {SAID}``` After.",
        f"Before.\n> ```trunkline\n> {SAID}\n> ```\nAfter.",
        f"Before.\n~~~trunkline\n{SAID[:-1]},}}\n~~~\nAfter.",
    ],
)
async def test_a_block_fenced_in_an_odd_way(phone: Phone, model: ScriptedModel, agent_text: str) -> None:
    """The person gets its content, and the text around it."""
    [bubble] = await bubbles(phone, model, agent_text, count=1)

    assert bubble["body"] == "Before.\n\nIn a block.\n\nAfter."


async def test_a_list_without_a_button_title_gets_one(phone: Phone, model: ScriptedModel) -> None:
    """Also if too many buttons became a list. Titles have no formatting."""
    [bubble] = await bubbles(phone, model, block({"buttons": [f"**Tea {n}**" for n in range(4)]}), count=1)

    action = bubble["content"]["action"]
    assert action["button"] == "Choose"
    assert [row["title"] for row in action["sections"][0]["rows"]] == [f"Tea {n}" for n in range(4)]


async def test_an_endless_answer_is_ten_messages(phone: Phone, model: ScriptedModel, operators: Operators) -> None:
    """The last one describes the others in words, and operators see it."""
    questions = [{"text": f"Question {n}?", "buttons": ["Yes"]} for n in range(1, 31)]

    shown = await bubbles(phone, model, block(*questions), count=10)
    event = await operators.event("answered", of=phone.number)

    assert [bubble["type"] for bubble in shown] == ["interactive"] * 9 + ["text"]
    assert shown[-1]["body"].endswith("Question 30?\n\n1. Yes")
    assert event["detail"]["reason"] == "more than 10 parts, the rest is sent as text, without reactions and templates"


async def test_a_template_with_a_header_and_a_link(phone: Phone, operators: Operators) -> None:
    """Their values are sent."""
    template = SHIPPED | {"header": {"image": LINK}, "urls": ["4711"]}

    await operators.write({"template": template}, key=f"header-{phone.number}", to=phone.number)

    [bubble] = await eventually(phone.got)
    header, button = bubble["content"]["components"]
    assert header == {"type": "header", "parameters": [{"type": "image", "image": {"link": LINK}}]}
    assert (button["sub_type"], button["parameters"]) == ("url", [{"type": "text", "text": "4711"}])


async def test_a_key_that_means_nothing_is_refused(phone: Phone, operators: Operators) -> None:
    """Before anything is sent."""
    template = SHIPPED | {"components": []}

    answer = await operators.write({"template": template}, key=f"unknown-{phone.number}", to=phone.number)

    assert answer.status_code == 400
    assert "template.components" in answer.text
